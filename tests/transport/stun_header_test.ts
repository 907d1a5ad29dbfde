import { assertEquals } from "@std/assert";
import { BINDING, StunBuilder, USERNAME } from "../../ice/mod.ts";
import { readCheckUsername, readStunHeader } from "../../transport/stun_header.ts";
import { Random, seedForRun } from "../support/random.ts";

const ID = Uint8Array.from({ length: 12 }, (_, i) => 240 + i);

function check(username: string): Uint8Array {
  return new StunBuilder("request", BINDING, ID).add(USERNAME, username).fingerprint().finish();
}

Deno.test("RFC 8489 section 5: class, method and transaction ID are those of the agent's own codec", () => {
  for (const messageClass of ["request", "indication", "success", "error"] as const) {
    for (const method of [BINDING, 0x003]) {
      const packet = new StunBuilder(messageClass, method, ID).finish();
      assertEquals(readStunHeader(packet), {
        messageClass,
        isBinding: method === BINDING,
        transactionId: String.fromCharCode(...ID),
      });
    }
  }
});

Deno.test("RFC 8445 section 7.2.2: a check names its receiver before the colon, its sender behind it", () => {
  const [longest, other] = ["s".repeat(256), "c".repeat(256)];
  for (const [receiver, sender] of [["server", "client"], [longest, other]] as const) {
    assertEquals(readCheckUsername(check(`${receiver}:${sender}`)), { receiver, sender });
  }
  for (const username of ["nobody", ""]) {
    assertEquals(readCheckUsername(check(username)), undefined);
  }
  assertEquals(readCheckUsername(check(`a:${"x".repeat(512)}`)), undefined);
  assertEquals(readCheckUsername(new StunBuilder("request", BINDING, ID).finish()), undefined);
});

Deno.test("what is no STUN has no header, and nothing that a stranger sends throws", () => {
  for (const bytes of [[], [0, 1], [22, 254, 253], new Array(20).fill(0)]) {
    assertEquals(readStunHeader(Uint8Array.from(bytes)), undefined);
  }
  const random = new Random(seedForRun("STUN headers"));
  for (let i = 0; i < 5000; i++) {
    const packet = check("server:client").slice(0, random.below(80));
    for (let flips = random.below(4); flips > 0 && packet.length > 0; flips--) {
      packet[random.below(packet.length)] = random.below(256);
    }
    readStunHeader(packet);
    readCheckUsername(packet);
  }
});
