import type { Millis } from "../../core/stage/mod.ts";
import { BURST_INTERVAL, LAN_WINDOW, MAX_BURST } from "../constants.ts";

/** How much less than a round trip the window takes, so that it is the window that limits, and not the pace (RFC 9002 section 7.7). */
const GAIN = 1.25;

/** In slow start, the window doubles within a round trip. */
const SLOW_START_GAIN = 2;

/**
 * Spreads a window over the round trip, in steps of a millisecond since timers know no finer ones (RFC 9002 section 7.7).
 *
 * A window of up to `LAN_WINDOW` fits into a kernel's UDP buffer as a whole, and goes out as acknowledgements let it. Of a larger one, a
 * receiver that takes what has come in batches, as ours does, would ask for as large a burst by each SACK: on 1 Gb/s with a round trip of
 * 20 ms, and a receiver that stands still for 1 ms each 10, that left 5 MB/s in virtual time. Paced it is 32.
 */
export class Pacer {
  readonly #depth: number;
  #credit: number;
  #rate = Infinity;
  #filledAt: Millis = -Infinity;
  #opensAt: Millis = -Infinity;

  constructor(mtu: number) {
    this.#depth = this.#credit = MAX_BURST * mtu;
  }

  /** When sending may go on; of no meaning while it may. */
  get opensAt(): Millis {
    return this.#opensAt;
  }

  /** The window, and the time that it takes, are these now. */
  follow(cwnd: number, slowStart: boolean, srtt: Millis | undefined): void {
    const paced = srtt !== undefined && cwnd > LAN_WINDOW;
    this.#rate = paced ? (slowStart ? SLOW_START_GAIN : GAIN) * cwnd / srtt : Infinity;
  }

  /** Whether a packet may go. */
  open(now: Millis): boolean {
    if (this.#rate === Infinity) return true;
    if (now < this.#opensAt) return false;
    if (now > this.#filledAt) {
      // What wasn't used is not saved up for more than a burst.
      this.#credit = Math.min(this.#depth, this.#credit + (now - this.#filledAt) * this.#rate);
      this.#filledAt = now;
    }
    if (this.#credit > 0) return true;
    this.#opensAt = now + Math.max(BURST_INTERVAL, -this.#credit / this.#rate);
    return false;
  }

  /** So many bytes have gone. */
  spend(bytes: number): void {
    if (this.#rate !== Infinity) this.#credit -= bytes;
  }
}
