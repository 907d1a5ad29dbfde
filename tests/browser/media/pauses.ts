import { assert } from "@std/assert";
import type { Shown } from "./page.ts";

/** A picture that stands for so long, in milliseconds, hangs, whatever its frame rate; processors that are busy take less. */
const PAUSE = 500;

/** How long a picture stood at most, in milliseconds. Where a page was not told of each, those between came at equal distances. */
export function longestPause(shown: readonly Shown[]): number {
  const pauses = shown.slice(1).map(({ at, count }, i) => {
    const before = shown[i]!;
    return (at - before.at) / Math.max(1, count - before.count);
  });
  return Math.round(Math.max(0, ...pauses));
}

/** That pictures came one after the other: browsers count freezes of what they decode, not of what they show, or count none. */
export function checkPauses(shown: readonly Shown[]): void {
  assert(shown.length > 1, "nothing is shown");
  const pause = longestPause(shown);
  assert(pause < PAUSE, `a picture stood for ${pause} ms`);
}
