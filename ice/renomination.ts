import type { CandidatePair } from "./candidate_pair.ts";

/**
 * What becomes of nominations where both agents know of renomination (draft-thatcher-ice-renomination-01 section 3): the controlling agent
 * numbers them, and of several the latest counts, whatever the priorities of the pairs.
 */
export class Renomination {
  /** Whether both agents know of it. */
  agreed = false;
  #given = 0;
  #heard = 0;
  #pair: CandidatePair | undefined;

  /** This agent nominates the pair. */
  give(pair: CandidatePair): void {
    if (this.agreed) pair.nomination = ++this.#given;
  }

  /** The peer nominates the pair; false if it has nominated another one since. */
  hear(pair: CandidatePair, nomination: number | undefined): boolean {
    if (!this.agreed || nomination === undefined) return true;
    const isStale = nomination < this.#heard ||
      (nomination === this.#heard && this.#pair !== undefined && this.#pair !== pair);
    if (isStale) return false;
    this.#heard = nomination;
    this.#pair = pair;
    return true;
  }

  /** Whether the pair is to take the place of another; undefined where their priorities tell. */
  prefers(pair: CandidatePair): boolean | undefined {
    return this.#pair && this.#pair === pair;
  }

  /** The roles have changed, or there is another peer. */
  reset(): void {
    this.#heard = 0;
    this.#pair = undefined;
  }
}
