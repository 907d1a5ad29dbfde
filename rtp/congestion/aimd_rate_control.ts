import type { Millis } from "../../core/stage/mod.ts";
import type { BitrateRange } from "./bitrate_range.ts";
import { LinkCapacityEstimator } from "./link_capacity_estimator.ts";
import type { BandwidthUsage } from "./overuse_detector.ts";

/** beta (draft-ietf-rmcat-gcc-02 section 5.5). */
const BETA = 0.85;

/** eta for one second (draft-ietf-rmcat-gcc-02 section 5.5). */
const ETA = 1.08;

/** The least multiplicative step, in bits per second. */
const MIN_INCREASE = 1000;

/** A rate above 1.5 times what arrives, and a little, is not grown further: it is not being tried (draft-ietf-rmcat-gcc-02 section 5.5). */
const MAX_RATIO = 1.5;
const RATIO_ALLOWANCE = 10_000;

/** Additive growth is at least so many bits per second, per second. libwebrtc only. */
const MIN_NEAR_MAX_INCREASE = 4000;

/** What a packet and a frame are taken to be for additive growth. */
const PACKET_BITS = 1200 * 8;
const FRAMES_PER_SECOND = 30;

/** On top of the round trip: how long over-use takes to be seen, in ms (draft-ietf-rmcat-gcc-02 section 5.5). */
const DETECTION_TIME = 100;

/** Between two reductions a round trip and the time for detection pass, but no more than so many ms: the first has to be seen to work. */
const MAX_REDUCTION_INTERVAL = 500;

/** The states of draft-ietf-rmcat-gcc-02 section 5.5. */
export type RateControlState = "Hold" | "Increase" | "Decrease";

/** Additive increase near the rate at which the path was full, multiplicative increase away from it, multiplicative decrease. */
export class AimdRateControl {
  readonly #range: BitrateRange;
  readonly #capacity = new LinkCapacityEstimator();
  #state: RateControlState = "Hold";
  #bitrate: number;
  #changedAt: Millis | undefined;
  #throughput: number;

  /** Starts at so many bits per second. */
  constructor(bitrate: number, range: BitrateRange) {
    this.#bitrate = bitrate;
    this.#throughput = bitrate;
    this.#range = range;
  }

  /** A_hat, in bits per second. */
  get bitrate(): number {
    return this.#bitrate;
  }

  /** What the last verdict led to. */
  get state(): RateControlState {
    return this.#state;
  }

  /** Whether the rate is near one at which the path was full not long ago. */
  get isNearMax(): boolean {
    return this.#capacity.estimate !== undefined;
  }

  /** Takes a verdict together with the rate at which packets arrive (R_hat, in bits per second; undefined while unknown). */
  update(
    usage: BandwidthUsage,
    throughput: number | undefined,
    roundTripTime: Millis,
    now: Millis,
  ): void {
    if (throughput !== undefined) this.#throughput = throughput;
    if (usage === "overuse") {
      if (!this.#mayReduce(roundTripTime, now)) return;
      this.#state = "Decrease";
      this.#decrease(throughput, now);
    } else if (usage === "underuse") {
      // The queue is draining: growing now would fill it again.
      this.#state = "Hold";
    } else if (this.#state !== "Increase") {
      this.#state = "Increase";
      this.#changedAt = now;
    } else {
      this.#increase(roundTripTime, now);
    }
  }

  /** Takes what a probe found, in bits per second. */
  probed(bitrate: number, now: Millis): void {
    this.#capacity.probed(bitrate);
    this.#set(bitrate, now);
  }

  /** Sets the rate from outside: nothing is heard from the peer. */
  limit(bitrate: number, now: Millis): void {
    if (bitrate < this.#bitrate) this.#set(bitrate, now);
  }

  #mayReduce(roundTripTime: Millis, now: Millis): boolean {
    if (this.#changedAt === undefined || this.#throughput < this.#bitrate / 2) return true;
    // Deviation: libwebrtc waits for the round trip only, and so pays twice for many a queue.
    const interval = Math.min(roundTripTime + DETECTION_TIME, MAX_REDUCTION_INTERVAL);
    return now - this.#changedAt >= interval;
  }

  #increase(roundTripTime: Millis, now: Millis): void {
    if (this.#throughput > this.#capacity.upperBound) this.#capacity.reset();
    const limit = MAX_RATIO * this.#throughput + RATIO_ALLOWANCE;
    const elapsed = (now - (this.#changedAt ?? now)) / 1000;
    this.#changedAt = now;
    if (this.#bitrate >= limit) return;
    const step = this.#capacity.estimate === undefined
      ? this.#multiplicativeStep(elapsed)
      : this.#additiveStep(elapsed, roundTripTime);
    this.#set(Math.min(this.#bitrate + step, limit), now);
  }

  #multiplicativeStep(elapsed: number): number {
    const eta = ETA ** Math.min(elapsed, 1);
    return Math.max(this.#bitrate * (eta - 1), MIN_INCREASE);
  }

  /** Half a packet a response time (draft-ietf-rmcat-gcc-02 section 5.5). */
  #additiveStep(elapsed: number, roundTripTime: Millis): number {
    const frame = this.#bitrate / FRAMES_PER_SECOND;
    const packet = frame / Math.ceil(frame / PACKET_BITS);
    const responseTime = (roundTripTime + DETECTION_TIME) / 1000;
    return elapsed * Math.max(packet / (2 * responseTime), MIN_NEAR_MAX_INCREASE);
  }

  #decrease(throughput: number | undefined, now: Millis): void {
    if (throughput === undefined) {
      // Over-use before anything is known of what arrives: libwebrtc halves.
      this.#set(this.#bitrate / 2, now);
    } else {
      if (throughput < this.#capacity.lowerBound) this.#capacity.reset();
      this.#capacity.overused(throughput);
      // What arrives can exceed what is asked for by now, while the queue still holds what was sent before.
      this.#set(Math.min(BETA * throughput, this.#bitrate), now);
    }
    // Deviation: draft-ietf-rmcat-gcc-02 section 5.5 stays in Decrease until the verdict changes; libwebrtc holds at once, so that one
    // queue is paid for once.
    this.#state = "Hold";
  }

  #set(bitrate: number, now: Millis): void {
    this.#bitrate = this.#range.clamp(bitrate);
    this.#changedAt = now;
  }
}
