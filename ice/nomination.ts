import type { Millis } from "../core/stage/mod.ts";
import type { CandidatePair } from "./candidate_pair.ts";
import type { CheckList } from "./check_list.ts";

/**
 * Regular nomination by the controlling agent (RFC 8445 section 8.1.1): one pair, as soon as nothing much better is to be expected.
 */
export class Nomination {
  readonly #checkList: CheckList;
  readonly #best: () => CandidatePair | undefined;
  readonly #delay: Millis;
  #nominee: CandidatePair | undefined;
  #validSince: Millis | undefined;

  /** `best` tells the best pair that could be nominated, `delay` the longest that it waits for a better one. */
  constructor(checkList: CheckList, best: () => CandidatePair | undefined, delay: Millis) {
    this.#checkList = checkList;
    this.#best = best;
    this.#delay = delay;
  }

  /** When {@linkcode Nomination.choose} will choose, even if nothing else happens. */
  get nextTimeout(): Millis | undefined {
    if (this.#nominee !== undefined || this.#validSince === undefined) return undefined;
    return this.#best() === undefined ? undefined : this.#validSince + this.#delay;
  }

  /** The pair to be nominated now, once; undefined while one is under way. */
  choose(now: Millis): CandidatePair | undefined {
    const best = this.#best();
    if (this.#nominee !== undefined || best === undefined) return undefined;
    this.#validSince ??= now;
    if (this.#mayImprove(best) && now < this.#validSince + this.#delay) return undefined;
    this.#nominee = best;
    return best;
  }

  /** The nomination has failed, or is this agent's business no longer: another pair may be chosen. */
  reset(): void {
    if (this.#nominee !== undefined) this.#nominee.nominating = false;
    this.#nominee = undefined;
    this.#validSince = undefined;
  }

  /** Between two hosts without a NAT no other path is worth waiting for. */
  #mayImprove(best: CandidatePair): boolean {
    if (best.local.type === "host" && best.remote.type === "host") return false;
    return this.#checkList.pairs.some((pair) =>
      pair.priority > best.priority && pair.state !== "failed" && pair.state !== "succeeded"
    );
  }
}
