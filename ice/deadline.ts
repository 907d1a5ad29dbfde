import type { Millis } from "../core/stage/mod.ts";

/** The earliest of several deadlines; undefined if there is none. */
export function earliest(times: readonly (Millis | undefined)[]): Millis | undefined {
  let next: Millis | undefined;
  for (const at of times) if (at !== undefined && (next === undefined || at < next)) next = at;
  return next;
}
