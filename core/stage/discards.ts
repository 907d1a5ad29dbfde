/**
 * Counts of what was dropped, by reason. Hostile or broken input never throws: it ends here, where statistics and tests see it.
 *
 * The reasons are a string-literal union, so the table is bounded.
 *
 * @example
 * ```ts
 * import { Discards } from "@heron/webrtc/core";
 * import { assertEquals } from "@std/assert";
 *
 * const discards = new Discards<"bad checksum" | "replayed">();
 * discards.add("replayed");
 * assertEquals(discards.of("replayed"), 1);
 * assertEquals(discards.total, 1);
 * ```
 */
export class Discards<Reason extends string> {
  #counts = new Map<Reason, number>();
  #total = 0;

  /** Counts one more. */
  add(reason: Reason, count = 1): void {
    this.#counts.set(reason, this.of(reason) + count);
    this.#total += count;
  }

  /** How many were dropped for this reason. */
  of(reason: Reason): number {
    return this.#counts.get(reason) ?? 0;
  }

  /** How many were dropped in all. */
  get total(): number {
    return this.#total;
  }

  /** Every reason that occurred, with its count. */
  entries(): IterableIterator<[Reason, number]> {
    return this.#counts.entries();
  }
}
