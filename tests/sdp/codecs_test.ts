import { assert, assertEquals } from "@std/assert";
import { Random, seedForRun } from "../support/random.ts";
import { CODECS } from "./codecs.ts";

for (const { name, wellFormed, malformed, parse, write } of CODECS) {
  Deno.test(`${name}: what is well-formed comes back as it was`, () => {
    for (const value of wellFormed) {
      const parsed = parse(value);
      assert(parsed !== undefined, value);
      assertEquals(write(parsed), value);
    }
  });

  Deno.test(`${name}: what is malformed, or absent, is undefined`, () => {
    for (const value of malformed) assertEquals(parse(value), undefined, value.slice(0, 80));
    assertEquals(parse(undefined), undefined);
  });

  Deno.test(`${name}: mutated values are undefined, or the same after being written and read`, () => {
    const random = new Random(seedForRun(name));
    for (let round = 0; round < 500; round++) {
      const parsed = parse(mutate(random.pick([...wellFormed, ...malformed]), random));
      if (parsed !== undefined) assertEquals(parse(write(parsed)), parsed);
    }
  });
}

/** Pieces that mean something in one value or another. */
const PIECES = [
  " ",
  "/",
  ":",
  ";",
  ",",
  "~",
  "=",
  "0",
  "99999",
  "__proto__",
  "ü",
  "\t",
  "send",
  "",
];

function mutate(text: string, random: Random): string {
  let mutated = text;
  for (let n = 1 + random.below(4); n > 0; n--) {
    const from = random.below(mutated.length + 1);
    const to = random.chance(0.5) ? from : from + random.below(4);
    mutated = mutated.slice(0, from) + random.pick(PIECES) + mutated.slice(to);
  }
  return mutated;
}
