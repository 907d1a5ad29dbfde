import type { Millis } from "../../core/stage/mod.ts";
import { AimdRateControl } from "./aimd_rate_control.ts";
import type { BitrateRange } from "./bitrate_range.ts";
import { InterArrival } from "./inter_arrival.ts";
import { type BandwidthUsage, OveruseDetector } from "./overuse_detector.ts";
import type { ArrivedPacket } from "./packet_result.ts";
import { TrendlineEstimator } from "./trendline_estimator.ts";

/** After so many ms without any arrival, the delay of old has nothing to do with that of now. libwebrtc's number. */
const STREAM_TIMEOUT = 2000;

/** So long after a probe, what it found is the measure of a full path, in ms. */
const PROBE_LIFETIME = 500;

/** What is known of the path besides the times at which packets arrived. */
export interface PathEvidence {
  /** Bits per second that arrived of late; undefined while that is not known. */
  readonly throughput: number | undefined;
  /** Bits per second that a probe among the packets has found. */
  readonly probed: number | undefined;
  readonly roundTripTime: Millis;
  /**
   * Whether packets are lost while those that arrive have waited for long. Deviation: libwebrtc's delay-based control knows gradients
   * only; but the delay in a queue that overflows does not grow.
   */
  readonly isFull: boolean;
}

/** Delay-based control (draft-ietf-rmcat-gcc-02 section 5): groups, their gradient, the verdict on it, the rate that follows from it. */
export class DelayBasedEstimator {
  readonly #rate: AimdRateControl;
  readonly #groups = new InterArrival();
  #trendline = new TrendlineEstimator();
  #detector = new OveruseDetector();
  #lastArrival: Millis = -Infinity;
  #isFull = false;
  #probed = 0;
  #probedAt: Millis = -Infinity;

  /** Starts at so many bits per second. */
  constructor(bitrate: number, range: BitrateRange) {
    this.#rate = new AimdRateControl(bitrate, range);
  }

  /** In bits per second. */
  get bitrate(): number {
    return this.#rate.bitrate;
  }

  /** What the delay says of the path now. */
  get usage(): BandwidthUsage {
    return this.#isFull ? "overuse" : this.#detector.usage;
  }

  /** Whether the rate is near one at which the path was full not long ago. */
  get isNearMax(): boolean {
    return this.#rate.isNearMax;
  }

  /** Takes the packets that one feedback says arrived, in that order, and what else it tells. */
  update(
    packets: readonly ArrivedPacket[],
    { throughput, probed, roundTripTime, isFull }: PathEvidence,
    now: Millis,
  ): void {
    if (packets.length === 0) return;
    if (now - this.#lastArrival > STREAM_TIMEOUT) this.#reset();
    this.#lastArrival = now;
    this.#isFull = isFull;
    for (const packet of packets) this.#push(packet, now);
    if (probed !== undefined) {
      this.#probed = probed;
      this.#probedAt = now;
    }
    if (this.usage === "overuse") {
      // The probe itself fills the path: its result, which is to come, says more than what arrived before it.
      if (probed === undefined && packets.some(({ cluster }) => cluster !== 0)) return;
      this.#rate.update("overuse", this.#whenFull(throughput, now), roundTripTime, now);
    } else if (probed !== undefined) this.#rate.probed(probed, now);
    else this.#rate.update(this.usage, throughput, roundTripTime, now);
  }

  /**
   * Deviation: libwebrtc reduces from what arrived lately even if it was a probe that filled the path, which is then left with much
   * less than it has shown to carry.
   */
  #whenFull(throughput: number | undefined, now: Millis): number | undefined {
    if (now - this.#probedAt > PROBE_LIFETIME) return throughput;
    return Math.max(throughput ?? 0, this.#probed);
  }

  /** Sets the rate from outside: nothing is heard from the peer. */
  limit(bitrate: number, now: Millis): void {
    this.#rate.limit(bitrate, now);
  }

  #push(packet: ArrivedPacket, now: Millis): void {
    const delta = this.#groups.push(packet, now);
    if (delta === undefined) return;
    const trend = this.#trendline.push(delta);
    this.#detector.push(trend, this.#trendline.groups, delta.send, now);
  }

  #reset(): void {
    this.#groups.reset();
    this.#trendline = new TrendlineEstimator();
    this.#detector = new OveruseDetector();
  }
}
