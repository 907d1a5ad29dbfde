import { assert, assertEquals, assertLess } from "@std/assert";
import type { LinkModel } from "../support/layer_pair.ts";
import { numbered, Pair } from "./support.ts";

Deno.test("messages of every size arrive whole and in order", () => {
  const pair = new Pair().connect();
  const sizes = [1, 2, 3, 4, 5, 1131, 1132, 1133, 1144, 1160, 2264, 2265, 16384, 100_000, 1 << 20];
  sizes.forEach((size, i) => pair.send("a", 1, numbered(i, size)));
  pair.until(() => pair.messages("b").length === sizes.length);
  for (const [i, message] of pair.messages("b").entries()) {
    assertEquals(message.streamId, 1);
    assertEquals(message.ppid, 53);
    assert(equal(message.data, numbered(i, sizes[i]!)), `message ${i}`);
  }
  assertEquals(pair.a.retransmissions, 0);
});

const links: Record<string, LinkModel> = {
  "10% loss": { loss: 0.1 },
  "30% loss": { loss: 0.3 },
  "reordering": { jitter: 40 },
  "duplication": { duplication: 0.3 },
  "loss, reordering and duplication": { loss: 0.1, jitter: 20, duplication: 0.1 },
};

for (const [name, link] of Object.entries(links)) {
  Deno.test(`reliable messages survive ${name}`, () => {
    const pair = new Pair({ link, seed: 5 }).connect();
    for (let i = 0; i < 100; i++) pair.send("a", i % 3, numbered(i, 1 + (i * 977) % 5000));
    for (let i = 0; i < 30; i++) pair.send("b", i % 2, numbered(i, 1 + (i * 331) % 3000));
    pair.until(() => pair.messages("b").length >= 100 && pair.messages("a").length >= 30, 300_000);
    pair.advance(5000);
    for (let stream = 0; stream < 3; stream++) {
      const got = pair.messages("b").filter(({ streamId }) => streamId === stream);
      const numbers = Array.from({ length: 100 }, (_, i) => i).filter((i) => i % 3 === stream);
      assertEquals(got.length, numbers.length);
      got.forEach(({ data }, k) =>
        assert(equal(data, numbered(numbers[k]!, 1 + (numbers[k]! * 977) % 5000)))
      );
    }
    assertEquals(pair.messages("a").length, 30);
    assertEquals(pair.a.unacknowledgedChunks, 0);
    assertEquals(pair.b.heldBytes, 0);
  });
}

Deno.test("a clean link of 10 ms carries more than 5 MB/s and never retransmits", () => {
  const pair = new Pair().connect();
  const start = pair.now;
  for (let i = 0; i < 100; i++) pair.send("a", 0, numbered(i, 16384));
  pair.until(() => pair.messages("b").length === 100);
  assertLess(pair.now - start, 400);
  assertEquals(pair.a.retransmissions, 0);
});

Deno.test("RFC 9260 section 6.3.1: at 50% loss the RTO stays near the round trip, and data goes on flowing", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const pair = new Pair({ link: { loss: 0.5, delay: 10 }, seed }).connect();
    for (let i = 0; i < 60; i++) pair.send("a", 0, numbered(i, 2500));
    let longest = 0;
    pair.until(() => {
      longest = Math.max(longest, pair.a.retransmissionTimeout);
      return pair.messages("b").length === 60;
    }, 40_000);
    assertLess(longest, 1600, `seed ${seed}`);
  }
});

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
