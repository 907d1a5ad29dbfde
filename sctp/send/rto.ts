import type { Millis } from "../../core/stage/mod.ts";
import { RTO_BACKOFF_MAX, RTO_INITIAL, RTO_MAX, RTO_MIN } from "../constants.ts";

/** RTO.Alpha and RTO.Beta (RFC 9260 section 16). */
const RTO_ALPHA = 1 / 8;
const RTO_BETA = 1 / 4;

/**
 * G in milliseconds, the least that the variation adds (RFC 9260 section 6.3.1, rule C6).
 *
 * Deviation: the RFC means the clock's granularity. The SACK of a lone packet comes up to 200 ms later than those of a steady flow that
 * have measured the path (usrsctp and dcSCTP delay it for so long), and RTO.Min covers that on short paths only.
 */
const GRANULARITY = 220;

/** How long the least round-trip time is remembered, in milliseconds: a path can become longer by an ICE restart. */
const LEAST_RTT_LIFETIME = 10_000;

/** Round-trip time and retransmission timeout (RFC 9260 section 6.3.1). */
export class RetransmissionTimeout {
  /** RTO in milliseconds, backed off. */
  value: Millis = RTO_INITIAL;
  /** SRTT in milliseconds; undefined before the first measurement. */
  smoothed: Millis | undefined;
  #variation: Millis = 0;
  #computed: Millis = RTO_INITIAL;
  #least: Millis = Infinity;
  #previousLeast: Millis = Infinity;
  #leastSince: Millis = -Infinity;

  /** The least round-trip time of the last 10 to 20 s: the path's own, without our own queue; undefined before any measurement. */
  get least(): Millis | undefined {
    const least = Math.min(this.#least, this.#previousLeast);
    return least === Infinity ? undefined : least;
  }

  /** Takes a measured round-trip time. */
  measure(rtt: Millis, now: Millis): void {
    if (this.smoothed === undefined) {
      // RFC 9260 section 6.3.1, rule C2.
      this.smoothed = rtt;
      this.#variation = rtt / 2;
    } else {
      // RFC 9260 section 6.3.1, rule C3.
      this.#variation += RTO_BETA * (Math.abs(this.smoothed - rtt) - this.#variation);
      this.smoothed += RTO_ALPHA * (rtt - this.smoothed);
    }
    const rto = this.smoothed + Math.max(GRANULARITY, 4 * this.#variation);
    this.#computed = this.value = Math.min(Math.max(rto, RTO_MIN), RTO_MAX);
    if (now - this.#leastSince > LEAST_RTT_LIFETIME) {
      this.#previousLeast = this.#least;
      this.#least = rtt;
      this.#leastSince = now;
    } else if (rtt < this.#least) {
      this.#least = rtt;
    }
  }

  /** Doubles the RTO after a timeout (RFC 9260 section 6.3.3, rule E2). */
  backOff(): void {
    this.value = Math.min(this.value * 2, Math.max(RTO_BACKOFF_MAX, this.#computed));
  }
}
