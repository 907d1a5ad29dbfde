import { assertEquals } from "@std/assert";
import { Discards, ProtocolError } from "../../core/stage/mod.ts";

Deno.test("Discards count by reason and in all", () => {
  const discards = new Discards<"late" | "broken">();
  assertEquals([discards.of("late"), discards.total], [0, 0]);
  discards.add("late");
  discards.add("late");
  discards.add("broken", 3);
  assertEquals([discards.of("late"), discards.of("broken"), discards.total], [2, 3, 5]);
  assertEquals([...discards.entries()], [["late", 2], ["broken", 3]]);
});

Deno.test("A ProtocolError carries the code of the wire, and who reported it", () => {
  const cause = new Error("deeper");
  const error = new ProtocolError("dtls", "handshake failed", { code: 40, received: true, cause });
  assertEquals(
    [error.name, error.protocol, error.code, error.received, error.cause],
    ["ProtocolError", "dtls", 40, true, cause],
  );
  const plain = new ProtocolError("sctp", "gave up");
  assertEquals([plain.code, plain.received, "cause" in plain], [undefined, false, false]);
});
