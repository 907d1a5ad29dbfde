import type { Discards, Millis } from "../../core/stage/mod.ts";
import type {
  CongestionControlFeedback,
  ReceiverEstimatedMaximumBitrate,
  TransportFeedback,
} from "../rtcp/mod.ts";
import { AcknowledgedBitrateEstimator } from "./acknowledged_bitrate_estimator.ts";
import type { ArrivalReports } from "./arrival_reports.ts";
import { BitrateRange } from "./bitrate_range.ts";
import { DelayBasedEstimator } from "./delay_based_estimator.ts";
import {
  type CongestionDiscard,
  FeedbackAdapter,
  type TransportPacket,
} from "./feedback_adapter.ts";
import { FeedbackWatchdog, SILENCE_FACTOR } from "./feedback_watchdog.ts";
import { LossBasedController } from "./loss_based_controller.ts";
import { inOrderOfArrival, type PacketResult } from "./packet_result.ts";
import { ProbeBitrateEstimator } from "./probe_bitrate_estimator.ts";
import type { ProbeCluster } from "./probe_cluster.ts";
import { ProbeController } from "./probe_controller.ts";
import { ReceiverLimit } from "./receiver_limit.ts";
import { RoundTripTime } from "./round_trip_time.ts";

/** The rate to begin with unless told otherwise, in bits per second. libwebrtc's number. */
export const START_BITRATE = 300_000;

/** Loss while packets wait for so long, in ms, comes from a full queue. */
const STANDING_QUEUE = 100;

/** How many probes wait to be polled; the oldest goes first. */
const MAX_NEW_PROBES = 8;

/** What the estimation has to say. */
export type CongestionEvent =
  /** All media together may from now on send so many bits per second. */
  | {
    readonly type: "target-bitrate";
    readonly bitrate: number;
    /** The fraction of packets lost, 0 to 1. */
    readonly lossFraction: number;
    readonly roundTripTime: Millis;
  }
  /** A probe to be sent: to be given to the {@linkcode Pacer}. */
  | { readonly type: "probe"; readonly cluster: ProbeCluster };

/** What an estimation begins with; all rates in bits per second. */
export interface CongestionOptions {
  /** The first estimate; 300 kb/s by default. */
  readonly startBitrate?: number;
  /** The estimate never falls below it; 30 kb/s by default. */
  readonly minBitrate?: number;
  /** The estimate never grows, nor is probed, beyond it: what the application could make use of. 100 Mb/s by default. */
  readonly maxBitrate?: number;
}

/**
 * Google congestion control for one transport (draft-ietf-rmcat-gcc-02): the lower one of what delay, loss and the receiver's own
 * estimate allow, with probes to find out quickly when there is more.
 *
 * Pure: give it every packet that leaves, all feedback, and call {@linkcode handleTimeout} when {@linkcode nextTimeout} has come; take
 * what it says with {@linkcode poll} after each of these.
 *
 * @example
 * ```ts
 * import { type CongestionEvent, SendSideBandwidthEstimation } from "@heron/webrtc/rtp";
 * import { assertEquals } from "@std/assert";
 *
 * const estimation = new SendSideBandwidthEstimation({ startBitrate: 300_000 });
 * estimation.sent({ sequence: 1, size: 1200 }, 0);
 * const events: CongestionEvent[] = [];
 * estimation.poll(events);
 * // The first packet starts the first two probes.
 * assertEquals(events.map(({ type }) => type), ["probe", "probe"]);
 * assertEquals(estimation.targetBitrate, 300_000);
 * ```
 */
export class SendSideBandwidthEstimation {
  /** Feedback on packets that was not believed. */
  readonly discards: Discards<CongestionDiscard>;
  readonly #range: BitrateRange;
  readonly #adapter = new FeedbackAdapter();
  readonly #acknowledged = new AcknowledgedBitrateEstimator();
  readonly #roundTrip = new RoundTripTime();
  readonly #delay: DelayBasedEstimator;
  readonly #loss: LossBasedController;
  readonly #receiver = new ReceiverLimit();
  readonly #probes: ProbeController;
  readonly #probeResults = new ProbeBitrateEstimator();
  readonly #watchdog = new FeedbackWatchdog();
  #newProbes: ProbeCluster[] = [];
  #target: number;
  #announced: number;
  #hasFeedback = false;

  /** See {@linkcode CongestionOptions}. */
  constructor(options: CongestionOptions = {}) {
    this.#range = new BitrateRange(options.minBitrate, options.maxBitrate);
    const start = this.#range.clamp(options.startBitrate ?? START_BITRATE);
    this.#target = start;
    this.#announced = start;
    this.#delay = new DelayBasedEstimator(start, this.#range);
    this.#loss = new LossBasedController(this.#range);
    this.#probes = new ProbeController(start, this.#range);
    this.discards = this.#adapter.discards;
  }

  /** How much may be sent, in bits per second. */
  get targetBitrate(): number {
    return this.#target;
  }

  /** How much arrives, in bits per second; undefined until it is known. */
  get acknowledgedBitrate(): number | undefined {
    return this.#acknowledged.bitrate;
  }

  /** The smoothed round trip, in ms; 200 until it is known. */
  get roundTripTime(): Millis {
    return this.#roundTrip.value;
  }

  /** The fraction of packets lost lately, 0 to 1. */
  get lossFraction(): number {
    return this.#loss.lossFraction;
  }

  /** What RFC 8888 feedback has said of a stream of ours; undefined if nothing was sent, or it is forgotten. */
  reportsOf(ssrc: number): ArrivalReports | undefined {
    return this.#adapter.reportsOf(ssrc);
  }

  /** A packet leaves. */
  sent(packet: TransportPacket, now: Millis): void {
    this.#adapter.sent(packet, now);
    this.#watchdog.sent(this.#hasFeedback, now);
    this.#probes.start(now);
    this.#followProbes();
  }

  /** Takes transport-wide feedback. */
  transportFeedback(feedback: TransportFeedback, now: Millis): void {
    this.#update(this.#adapter.transportFeedback(feedback, now), now);
  }

  /** Takes RFC 8888 feedback. */
  congestionFeedback(feedback: CongestionControlFeedback, now: Millis): void {
    this.#update(this.#adapter.congestionFeedback(feedback, now), now);
  }

  /** Takes a REMB: the only word on delay of a peer without feedback on packets, and a limit in any case. */
  receiverEstimate(remb: ReceiverEstimatedMaximumBitrate, now: Millis): void {
    this.#receiver.update(remb, now);
    this.#watchdog.heard();
    this.#decide(now);
  }

  /** Takes a count from receiver reports (RFC 3550 section 6.4.1): ignored where feedback tells each packet's fate. */
  receiverReport(packets: number, lost: number, now: Millis): void {
    if (this.#hasFeedback) return;
    this.#watchdog.heard();
    this.#loss.count(packets, lost, this.#target, this.roundTripTime, now);
    this.#decide(now);
  }

  /** When {@linkcode handleTimeout} is to be called. */
  get nextTimeout(): Millis | undefined {
    let next = this.#watchdog.nextTimeout ?? Infinity;
    next = Math.min(next, this.#receiver.nextTimeout ?? Infinity);
    if (this.#hasFeedback) next = Math.min(next, this.#probes.nextTimeout ?? Infinity);
    return next === Infinity ? undefined : next;
  }

  /** Does what is due. */
  handleTimeout(now: Millis): void {
    this.#receiver.handleTimeout(now);
    if (this.#watchdog.handleTimeout(now)) {
      this.#delay.limit(SILENCE_FACTOR * this.#target, now);
      this.#probes.postpone(now);
    }
    if (this.#hasFeedback) this.#probes.handleTimeout(now);
    this.#decide(now);
  }

  /** Appends what there is to say. */
  poll(events: CongestionEvent[]): void {
    if (this.#target !== this.#announced) {
      this.#announced = this.#target;
      const { targetBitrate: bitrate, lossFraction, roundTripTime } = this;
      events.push({ type: "target-bitrate", bitrate, lossFraction, roundTripTime });
    }
    if (this.#newProbes.length === 0) return;
    for (const cluster of this.#newProbes) events.push({ type: "probe", cluster });
    this.#newProbes = [];
  }

  #update(results: readonly PacketResult[], now: Millis): void {
    // Nothing about packets of ours: nobody has been heard.
    if (results.length === 0) return;
    this.#hasFeedback = true;
    this.#watchdog.heard();
    const arrived = inOrderOfArrival(results);
    this.#roundTrip.update(arrived, now);
    if (this.#adapter.hasGap) this.#acknowledged.skip();
    this.#acknowledged.push(arrived);
    this.#loss.update(results, this.#target, this.roundTripTime, now);
    const before = this.#delay.usage;
    const { acknowledgedBitrate, roundTripTime } = this;
    const isFull = this.#roundTrip.queueing > STANDING_QUEUE && this.#loss.isLosing;
    const probed = this.#probed(arrived);
    if (probed !== undefined) this.#loss.probed(probed);
    const evidence = { throughput: acknowledgedBitrate, probed, roundTripTime, isFull };
    this.#delay.update(arrived, evidence, now);
    this.#decide(now);
    if (before === "overuse" && this.#delay.usage !== "overuse") this.#probes.recovered(now);
    this.#followProbes();
  }

  /** A probe's result is not allowed to say less than what arrives anyway. libwebrtc only. */
  #probed(arrived: ReturnType<typeof inOrderOfArrival>): number | undefined {
    const found = this.#probeResults.push(arrived, this.#delay.bitrate);
    const acknowledged = this.acknowledgedBitrate;
    if (found === undefined || acknowledged === undefined) return found;
    return Math.max(found, Math.min(this.#delay.bitrate, 0.85 * acknowledged));
  }

  /** draft-ietf-rmcat-gcc-02 section 6: the lower one of both estimates. */
  #decide(now: Millis): void {
    const limit = Math.min(this.#loss.bitrate, this.#receiver.bitrate);
    const hasOnlyReceiver = !this.#hasFeedback && this.#receiver.bitrate < Infinity;
    const target = this.#range.clamp(
      hasOnlyReceiver ? limit : Math.min(this.#delay.bitrate, limit),
    );
    this.#probes.estimated(target, this.#delay.isNearMax, now);
    this.#followProbes();
    this.#target = target;
    this.#followProbes();
  }

  #followProbes(): void {
    for (const cluster of this.#probes.take()) {
      this.#probeResults.follow(cluster);
      if (this.#newProbes.length === MAX_NEW_PROBES) this.#newProbes.shift();
      this.#newProbes.push(cluster);
    }
  }
}
