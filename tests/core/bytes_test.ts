import { assert, assertEquals } from "@std/assert";
import { bytesEqual, concat, fromHex, toHex } from "../../core/wire/mod.ts";
import { Random, seedForRun } from "../support/random.ts";

Deno.test("Bytes are joined into a copy", () => {
  const part = Uint8Array.of(2, 3);
  const joined = concat([Uint8Array.of(1), part, new Uint8Array(0)]);
  part[0] = 9;
  assertEquals([...joined], [1, 2, 3]);
  assertEquals(concat([]).length, 0);
});

Deno.test("Byte strings are the same when their bytes are, wherever they lie", () => {
  const memory = Uint8Array.of(0, 1, 2, 1, 2);
  assert(bytesEqual(memory.subarray(1, 3), memory.subarray(3, 5)));
  assert(!bytesEqual(memory.subarray(0, 2), memory.subarray(1, 3)));
  assert(!bytesEqual(memory.subarray(1, 3), memory.subarray(1, 4)));
  assert(bytesEqual(new Uint8Array(0), new Uint8Array(0)));
});

Deno.test("Hexadecimal is read in either case and written in lower case", () => {
  assertEquals(fromHex("00fFAb"), Uint8Array.of(0, 255, 171));
  assertEquals(fromHex(""), new Uint8Array(0));
  for (const text of ["0", "0g", "0x00", " 00", "00 ", "٠٠"]) {
    assertEquals(fromHex(text), undefined);
  }
  const random = new Random(seedForRun("hexadecimal"));
  for (let i = 0; i < 200; i++) {
    const bytes = random.bytes(random.below(40));
    assertEquals(fromHex(toHex(bytes)), bytes);
  }
});
