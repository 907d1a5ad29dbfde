import type { Millis } from "../../../core/stage/mod.ts";

/** So many bits may go ahead of their time: what a key frame takes, which those behind it make up for. */
export const BITS_AHEAD: Millis = 1000;

/** Something of which so much may go in a millisecond. It goes at once, and what comes next waits until its time is paid. */
export class Allowance {
  readonly #rate: number;
  readonly #ahead: Millis;
  #debt = 0;
  #at: Millis = 0;

  constructor(rate: number, ahead: Millis) {
    this.#rate = rate;
    this.#ahead = ahead;
  }

  /** Whether what has gone is no more than this share of what may go ahead. Where nothing may, one thing still does. */
  isWithin(share: number, now: Millis): boolean {
    this.#debt = Math.max(0, this.#debt - (now - this.#at) * this.#rate);
    this.#at = now;
    return this.#debt <= share * this.#ahead * this.#rate;
  }

  add(amount: number): void {
    this.#debt += amount;
  }
}

/** Of so much in a second; undefined if there is no limit. */
export function allowance(perSecond: number | undefined, ahead: Millis): Allowance | undefined {
  return perSecond === undefined ? undefined : new Allowance(perSecond / 1000, ahead);
}
