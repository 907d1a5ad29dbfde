import { assert } from "@std/assert";

export { assert, assertEquals } from "@std/assert";

/** Fails unless the two numbers are no further apart than `tolerance`. */
export function assertAlmostEquals(actual: number, expected: number, tolerance = 1e-7): void {
  assert(Math.abs(actual - expected) <= tolerance, `${actual} is not almost ${expected}`);
}
