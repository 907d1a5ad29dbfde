import { diff32 } from "../../../core/wire/mod.ts";

/** RTP timestamps without their wrap, in microseconds since the first one. A change of the clock rate goes on from where it was. */
export class UnwrappedClock {
  #timestamp: number | undefined;
  #micros = 0;

  /** When a frame is presented. */
  microsOf(timestamp: number, clockRate: number): number {
    if (this.#timestamp !== undefined) {
      this.#micros += diff32(timestamp, this.#timestamp) * 1e6 / clockRate;
    }
    this.#timestamp = timestamp;
    return Math.round(this.#micros);
  }
}
