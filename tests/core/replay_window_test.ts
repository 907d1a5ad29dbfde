import { assert, assertEquals } from "@std/assert";
import { ReplayWindow } from "../../core/wire/mod.ts";
import { Random, seedForRun } from "../support/random.ts";

Deno.test("RFC 6347 section 4.1.2.6: each number is new once, and old ones are refused", () => {
  const window = new ReplayWindow(64);
  assertEquals([window.size, window.highest], [64, -1]);
  for (const number of [0, 5, 3, 63]) {
    assert(window.isNew(number));
    window.accept(number);
    assert(!window.isNew(number));
  }
  assert(window.isNew(4));
  window.accept(64);
  assert(!window.isNew(0), "left of the window, though never seen as 0 - 64");
  assert(window.isNew(1));
  assertEquals(window.highest, 64);
});

Deno.test("Asking does not move the window: only what was authenticated does", () => {
  const window = new ReplayWindow(64);
  window.accept(10);
  assert(window.isNew(2 ** 48 - 1));
  assert(window.isNew(9));
  assertEquals(window.highest, 10);
});

Deno.test("The size is rounded up to whole words", () => {
  assertEquals(new ReplayWindow(1).size, 32);
  assertEquals(new ReplayWindow(65).size, 96);
  assertEquals(new ReplayWindow().size, 256);
});

Deno.test("A window agrees with a set of all numbers seen", () => {
  const random = new Random(seedForRun("replay window"));
  for (let round = 0; round < 40; round++) {
    const window = new ReplayWindow(random.pick([32, 64, 96, 256]));
    const seen = new Set<number>();
    let highest = -1;
    let centre = random.pick([0, 2 ** 31, 2 ** 32 - 50, 2 ** 47]);
    for (let step = 0; step < 500; step++) {
      if (random.chance(0.02)) centre += random.pick([31, 32, 64, 255, 256, 257, 100_000]);
      const number = Math.max(0, centre++ - random.below(random.pick([4, 40, 400])));
      const expected = !seen.has(number) && number > highest - window.size;
      assertEquals(window.isNew(number), expected, `${number} at ${highest}`);
      if (!expected || random.chance(0.2)) continue; // some turn out to be forged
      window.accept(number);
      seen.add(number);
      highest = Math.max(highest, number);
      assertEquals(window.highest, highest);
    }
  }
});
