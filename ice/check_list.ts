import { sameAddress, type TransportAddress } from "../core/wire/mod.ts";
import type { CandidatePair } from "./candidate_pair.ts";
import type { IceRole } from "./role.ts";

/** RFC 8445 section 6.1.2.5: the limit that bounds how many checks a peer can make this agent send. */
export const MAX_PAIRS = 100;

/** The pairs to be checked, best first (RFC 8445 section 6.1.2), and those found valid (RFC 8445 section 7.2.5.3.2). */
export class CheckList {
  #pairs: CandidatePair[] = [];

  /** By falling priority. */
  get pairs(): readonly CandidatePair[] {
    return this.#pairs;
  }

  /** Whether a check is under way or still to be made. */
  get pending(): boolean {
    return this.#pairs.some(({ state }) => state !== "succeeded" && state !== "failed");
  }

  /** How many checks are under way or could be at once: what RTO depends on (RFC 8445 section 14.3). */
  get load(): number {
    return this.#pairs.filter(({ state }) => state === "waiting" || state === "in-progress").length;
  }

  /** The valid pair of the highest priority. */
  get bestValid(): CandidatePair | undefined {
    return this.#pairs.find((pair) => pair.valid);
  }

  /** The pair between two addresses. */
  find(local: TransportAddress, remote: TransportAddress): CandidatePair | undefined {
    return this.#pairs.find((pair) => pair.matches(local, remote));
  }

  /**
   * Adds a pair, unless one between the same addresses is there (RFC 8445 section 6.1.2.4). Returns a pair that has to go because
   * there are too many: the worst that nothing is known of, perhaps the new one.
   */
  add(pair: CandidatePair, role: IceRole): CandidatePair | undefined {
    if (this.#pairs.some((other) => redundant(pair, other))) return undefined;
    pair.prioritize(role);
    this.#pairs.push(pair);
    this.#sort();
    this.#computeState(pair);
    if (this.#pairs.length <= MAX_PAIRS) return undefined;
    // RFC 8445 section 6.1.2.5
    const worst = this.#pairs.findLast((each) => each.state !== "succeeded") ?? pair;
    this.remove(worst);
    return worst;
  }

  /** Takes a pair off the list. */
  remove(pair: CandidatePair): void {
    this.#pairs = this.#pairs.filter((each) => each !== pair);
  }

  /** Keeps only what `keep` says; returns the others. */
  retain(keep: (pair: CandidatePair) => boolean): CandidatePair[] {
    const removed = this.#pairs.filter((pair) => !keep(pair));
    this.#pairs = this.#pairs.filter(keep);
    return removed;
  }

  /** Recomputes all priorities, as a role switch or a better-known candidate demands (RFC 8445 section 7.2.5.1). */
  prioritize(role: IceRole): void {
    for (const pair of this.#pairs) pair.prioritize(role);
    this.#sort();
  }

  /**
   * The pair for the next ordinary check (RFC 8445 section 6.1.4.2, steps 2 and 3): the best that waits, else the best frozen one
   * whose foundation is not being checked.
   */
  get next(): CandidatePair | undefined {
    return this.#pairs.find(({ state }) => state === "waiting") ??
      this.#pairs.find((pair) =>
        pair.state === "frozen" && !this.#isFoundationBusy(pair.foundation)
      );
  }

  /** A check of this foundation has succeeded: so may the others (RFC 8445 section 7.2.5.3.3). */
  unfreeze(foundation: string): void {
    for (const pair of this.#pairs) {
      if (pair.state === "frozen" && pair.foundation === foundation) pair.state = "waiting";
    }
  }

  /** RFC 8445 section 6.1.2.6 step 4, for one pair at a time: only the best of a foundation waits, the others are frozen. */
  #computeState(pair: CandidatePair): void {
    const kin = this.#pairs.filter((each) => each !== pair && each.foundation === pair.foundation);
    if (kin.some(({ state }) => state === "in-progress")) return;
    const waiting = kin.find(({ state }) => state === "waiting");
    if (waiting !== undefined && waiting.priority >= pair.priority) return;
    if (waiting !== undefined) waiting.state = "frozen";
    pair.state = "waiting";
  }

  #isFoundationBusy(foundation: string): boolean {
    return this.#pairs.some((pair) =>
      (pair.state === "waiting" || pair.state === "in-progress") && pair.foundation === foundation
    );
  }

  #sort(): void {
    this.#pairs.sort((a, b) => a.priority < b.priority ? 1 : a.priority > b.priority ? -1 : 0);
  }
}

/** RFC 8445 section 6.1.2.4. */
function redundant(a: CandidatePair, b: CandidatePair): boolean {
  return sameAddress(a.base, b.base) && sameAddress(a.destination, b.destination);
}
