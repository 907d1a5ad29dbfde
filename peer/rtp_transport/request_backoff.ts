import type { Millis } from "../../core/mod.ts";

/** Two requests of one receiver are at least so far apart, and those that follow each other ever further, up to the longest. */
const FIRST_INTERVAL: Millis = 300;
const LONGEST_INTERVAL: Millis = 2400;

/** Who has asked for nothing for so long has seen what it wanted: the next request is a first one. */
const CALM: Millis = 5000;

/**
 * Which requests for key frames of one receiver its source is asked for. Where a network does not bear what is forwarded, key frames don't
 * help for long, and the source makes them for all who see it: they get the fewer of them the more are asked for in a row.
 */
export class RequestBackoff {
  #interval: Millis = 0;
  #passedAt: Millis = -Infinity;
  #isWaiting = false;

  /** A key frame is needed: whether to ask for it now. */
  want(now: Millis): boolean {
    if (now >= this.#passedAt + CALM) this.#interval = 0;
    this.#isWaiting = true;
    return this.isDue(now);
  }

  /** Whether to ask now for one that was needed before. */
  isDue(now: Millis): boolean {
    if (!this.#isWaiting || now < this.#passedAt + this.#interval) return false;
    this.#isWaiting = false;
    this.#passedAt = now;
    this.#interval = Math.min(Math.max(FIRST_INTERVAL, 2 * this.#interval), LONGEST_INTERVAL);
    return true;
  }
}
