import type { Millis } from "../../../core/stage/mod.ts";
import { diff32 } from "../../../core/wire/mod.ts";

/**
 * RTP timestamps without their wrap, in microseconds, from the moment on when the first one arrived: streams that follow each other in one
 * track go on, and those that are sent together are as far apart as they arrive. A change of the clock rate goes on from where it was.
 */
export class UnwrappedClock {
  #timestamp: number | undefined;
  #micros = 0;

  /** When a frame that has arrived now is presented. */
  microsOf(timestamp: number, clockRate: number, arrival: Millis): number {
    this.#micros = this.#timestamp === undefined
      ? arrival * 1000
      : this.#micros + diff32(timestamp, this.#timestamp) * 1e6 / clockRate;
    this.#timestamp = timestamp;
    return Math.round(this.#micros);
  }
}
