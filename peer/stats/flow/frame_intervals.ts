import type { Millis } from "../../../core/mod.ts";

/** Intervals whose average says what is usual (webrtc-stats section 8.4, `freezeCount`). */
const AVERAGED = 30;
/** With fewer of them, nothing is known to be usual. */
const MIN_AVERAGED = 5;
/** An interval is a freeze if it is so much longer than usual, and three times as long. */
const FREEZE_MARGIN: Millis = 150;
/** A longer interval is a pause as well. */
const PAUSE: Millis = 5000;

/** The time between pictures, and where it was too long: freezes and pauses (webrtc-stats section 8.4). Milliseconds. */
export class FrameIntervals {
  /** The sum of all. */
  total: Millis = 0;
  /** The sum of their squares. */
  totalSquared = 0;
  freezes = 0;
  frozen: Millis = 0;
  pauses = 0;
  paused: Millis = 0;
  #last: Millis | undefined;
  readonly #recent: Millis[] = [];

  /** A picture is delivered. */
  add(now: Millis): void {
    const last = this.#last;
    this.#last = now;
    if (last === undefined) return;
    const interval = now - last;
    this.total += interval;
    this.totalSquared += interval ** 2;
    if (interval > PAUSE) {
      this.pauses++;
      this.paused += interval;
    }
    if (interval >= this.#freezeLimit) {
      this.freezes++;
      this.frozen += interval;
    }
    this.#recent.push(interval);
    if (this.#recent.length > AVERAGED) this.#recent.shift();
  }

  get #freezeLimit(): Millis {
    const { length } = this.#recent;
    if (length < MIN_AVERAGED) return Infinity;
    const average = this.#recent.reduce((sum, interval) => sum + interval, 0) / length;
    return Math.max(3 * average, average + FREEZE_MARGIN);
  }
}
