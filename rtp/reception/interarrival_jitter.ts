import type { Millis } from "../../core/stage/mod.ts";
import { diff32 } from "../../core/wire/mod.ts";

/** A transit time that differs by more is no jitter: the sender's timestamps jumped. libwebrtc draws the line at 5 s, too. */
const MAX_TRANSIT_CHANGE: Millis = 5000;

/** How unevenly packets arrive (RFC 3550 section 6.4.1 and appendix A.8). */
export class InterarrivalJitter {
  readonly #clockRate: number;
  #timestamp: number | undefined;
  #arrival: Millis = 0;
  #jitter = 0;

  /** `clockRate` is that of the payload type, in Hz. */
  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  /** The estimate in units of the RTP clock. */
  get value(): number {
    return this.#jitter;
  }

  /** Takes a packet, in the order of arrival. */
  update(timestamp: number, now: Millis): void {
    if (this.#timestamp !== undefined) {
      // RFC 3550 section 6.4.1: D(i-1,i) = (R_i - R_i-1) - (S_i - S_i-1). The signed difference follows timestamps across their wrap.
      const arrived = (now - this.#arrival) * this.#clockRate / 1000;
      const change = Math.abs(arrived - diff32(timestamp, this.#timestamp));
      // Deviation: RFC 3550 counts every difference; one restart of the sender's clock would be seen in the jitter for minutes.
      if (change <= MAX_TRANSIT_CHANGE * this.#clockRate / 1000) {
        this.#jitter += (change - this.#jitter) / 16;
      }
    }
    this.#timestamp = timestamp;
    this.#arrival = now;
  }
}
