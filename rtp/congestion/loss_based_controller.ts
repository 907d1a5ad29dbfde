import type { Millis } from "../../core/stage/mod.ts";
import type { BitrateRange } from "./bitrate_range.ts";
import type { PacketResult } from "./packet_result.ts";

/** Less loss lets the rate grow, more lets it fall (draft-ietf-rmcat-gcc-02 section 6). */
const LOW_LOSS = 0.02;
const HIGH_LOSS = 0.1;

/** By how much it grows in a second. Deviation: draft-ietf-rmcat-gcc-02 section 6 has 1.05 a report; this is libwebrtc's, a little more. */
const GROWTH = 1.08;

/** How many packets one measurement of loss takes at least. libwebrtc's number. */
const MIN_PACKETS = 20;

/**
 * The weight of a new measurement. Deviation: libwebrtc takes each by itself; but one in thirteen measurements of 20 packets shows
 * more than 10% where 5% are lost at random.
 */
const WEIGHT = 1 / 6;

/** Between two reductions, besides a round trip, in ms. libwebrtc's number. */
const REDUCTION_INTERVAL = 300;

/** Between two increases, in ms. */
const INCREASE_INTERVAL = 1000;

/**
 * Loss-based control: As_hat of draft-ietf-rmcat-gcc-02 section 6.
 *
 * It is no limit until loss has once been high, so that a path that loses a few packets at random is left to the delay-based
 * control. libwebrtc's later estimator fits an inherent loss and a bandwidth to the last observations, to tell the two kinds of
 * loss apart above 10% too; this is its first one.
 */
export class LossBasedController {
  readonly #range: BitrateRange;
  #bitrate = Infinity;
  #packets = 0;
  #lost = 0;
  #fraction = 0;
  #fresh = 0;
  #reducedAt: Millis = -Infinity;
  #increasedAt: Millis = -Infinity;

  /** Keeps within the range. */
  constructor(range: BitrateRange) {
    this.#range = range;
  }

  /** The most that loss allows, in bits per second; Infinity if there has been little. */
  get bitrate(): number {
    return this.#bitrate;
  }

  /** The fraction of packets lost by the last measurements, 0 to 1. */
  get lossFraction(): number {
    return this.#fraction;
  }

  /** Whether the last measurement shows more loss than lets the rate grow. */
  get isLosing(): boolean {
    return this.#fresh > LOW_LOSS;
  }

  /** Takes what feedback says of each packet, while `target` bits per second were asked for. */
  update(
    results: readonly PacketResult[],
    target: number,
    roundTripTime: Millis,
    now: Millis,
  ): void {
    let lost = 0;
    for (const result of results) {
      if (!result.received) lost++;
    }
    this.count(results.length, lost, target, roundTripTime, now);
  }

  /** Takes what a probe found, in bits per second: where nothing is lost, what came through is no longer forbidden. */
  probed(bitrate: number): void {
    if (!this.isLosing) this.#bitrate = Math.max(this.#bitrate, bitrate);
  }

  /** Takes a count of packets and of those lost among them, for peers that only send receiver reports. */
  count(packets: number, lost: number, target: number, roundTripTime: Millis, now: Millis): void {
    this.#packets += packets;
    this.#lost += Math.min(Math.max(lost, 0), packets);
    if (this.#packets < MIN_PACKETS) return;
    const fresh = this.#fresh = this.#lost / this.#packets;
    this.#fraction += WEIGHT * (fresh - this.#fraction);
    this.#packets = 0;
    this.#lost = 0;
    // Both: what is lost by chance now, and what was lost before the last reduction, call for none.
    if (Math.min(fresh, this.#fraction) > HIGH_LOSS) this.#reduce(target, roundTripTime, now);
    else if (fresh < LOW_LOSS) this.#increase(now);
  }

  /** As_hat(i) = As_hat(i-1) * (1 - 0.5 p). */
  #reduce(target: number, roundTripTime: Millis, now: Millis): void {
    if (now - this.#reducedAt < REDUCTION_INTERVAL + roundTripTime) return;
    this.#reducedAt = now;
    const actual = Math.min(this.#bitrate, target);
    this.#bitrate = this.#range.clamp(actual * (1 - this.#fraction / 2));
  }

  #increase(now: Millis): void {
    if (this.#bitrate === Infinity || now - this.#increasedAt < INCREASE_INTERVAL) return;
    this.#increasedAt = now;
    this.#bitrate *= GROWTH;
    if (this.#bitrate >= this.#range.max) this.#bitrate = Infinity;
  }
}
