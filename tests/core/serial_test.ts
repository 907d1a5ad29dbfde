import { assert, assertEquals } from "@std/assert";
import { add16, add32, diff16, diff32, less32, lessOrEqual32 } from "../../core/wire/serial.ts";
import { Random, seedForRun } from "../support/random.ts";

const M32 = 0xffff_ffff;

Deno.test("RFC 1982 section 5.2: the relations of its 8-bit example hold, scaled to 32 and 16 bits", () => {
  // Pairs of which the first is greater.
  const greater = [
    [1, 0],
    [44, 0],
    [100, 0],
    [100, 44],
    [200, 100],
    [255, 200],
    [0, 255],
    [
      100,
      255,
    ],
    [0, 200],
    [44, 200],
  ];
  for (const [a, b] of greater as [number, number][]) {
    assert(less32(b * 2 ** 24, a * 2 ** 24), `${b} < ${a}`);
    assert(!less32(a * 2 ** 24, b * 2 ** 24), `not ${a} < ${b}`);
    assert(diff16(b * 2 ** 8, a * 2 ** 8) < 0, `${b} < ${a}`);
    assert(diff16(a * 2 ** 8, b * 2 ** 8) > 0, `not ${a} < ${b}`);
  }
});

Deno.test("RFC 1982 section 3.1: addition wraps", () => {
  assertEquals([add32(M32, 1), add32(M32, 0), add32(0, -1), add32(5, 7)], [0, M32, M32, 12]);
  assertEquals([add16(0xffff, 1), add16(0, -1), add16(5, 7)], [0, 0xffff, 12]);
});

Deno.test("A serial number is neither before nor after itself", () => {
  for (const n of [0, 1, 0x7fff_ffff, 0x8000_0000, M32]) {
    assert(!less32(n, n) && lessOrEqual32(n, n));
    assertEquals([diff32(n, n), diff16(n & 0xffff, n & 0xffff)], [0, 0]);
  }
});

Deno.test("Differences undo additions over half the circle, and tell the order", () => {
  const random = new Random(seedForRun("serial"));
  for (let i = 0; i < 10_000; i++) {
    const a = random.u32(), ahead = random.below(2 ** 31);
    assertEquals(diff32(add32(a, ahead), a), ahead);
    assertEquals(diff32(a, add32(a, ahead)), ahead === 0 ? 0 : -ahead);
    assertEquals(less32(a, add32(a, ahead)), ahead > 0);
    assert(lessOrEqual32(a, add32(a, ahead)));
    const b = a & 0xffff, near = ahead & 0x7fff;
    assertEquals(diff16(add16(b, near), b), near);
  }
});
