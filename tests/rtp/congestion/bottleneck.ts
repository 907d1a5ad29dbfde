import {
  type CongestionEvent,
  Pacer,
  SendSideBandwidthEstimation,
} from "../../../rtp/congestion/mod.ts";
import {
  type CongestionControlFeedback,
  packetMetricBlock,
  PacketStatus,
  parseRtcp,
  type RtcpPacket,
  serializeRtcp,
  type TransportFeedback,
} from "../../../rtp/rtcp/mod.ts";
import type { Random } from "../../support/random.ts";

/** A path of one queue, and how it treats packets; times in ms, rates in bits per second. */
export interface Path {
  rate: number;
  /** Each way. */
  delay: number;
  /** How much the queue holds, in ms at the present rate. */
  queue: number;
  /** The probability that a packet is lost on its way, however empty the queue. */
  loss: number;
  /** The probability that feedback is lost. */
  feedbackLoss: number;
  /** What else uses the queue, in bits per second. */
  competing: number;
  jitter: number;
}

export interface Scenario extends Partial<Path> {
  feedback?: "TWCC" | "CCFB";
  startBitrate?: number;
  maxBitrate?: number;
  /** What may be done to feedback before it is sent back. */
  tamper?: (packet: RtcpPacket, random: Random) => RtcpPacket | undefined;
  /** How much of the target the source makes use of. */
  use?: number;
}

/** Somebody else who sends through the same queue. */
export interface Participant {
  readonly nextTimeout: number | undefined;
  handleTimeout(now: number): void;
}

/** What was seen in one tenth of a second. */
export interface Sample {
  readonly at: number;
  readonly target: number;
  /** What got through, in bits per second. */
  readonly delivered: number;
  /** How long a packet would wait. */
  readonly queueing: number;
}

interface Packet {
  readonly sequence: number;
  readonly size: number;
}

const MTU = 1200;
const FRAME = 1000 / 30;
const FEEDBACK = 50;
const SAMPLE = 100;
const RECEIVER_CLOCK = 987_654;
const SSRC = 7;

/** A sender with encoder, pacer and estimation, a bottleneck, and a receiver that sends feedback, in virtual time. */
export class Simulation {
  readonly path: Path;
  readonly estimation: SendSideBandwidthEstimation;
  readonly pacer: Pacer<number>;
  readonly samples: Sample[] = [];
  readonly others: Participant[] = [];
  now = 0;
  probes = 0;
  longestBurst = 0;
  #events: { at: number; run: () => void }[] = [];
  #nextSequence = 65_000;
  #freeAt = 0;
  #lastArrival = 0;
  #delivered = 0;
  #reported = 65_000;
  #arrivals = new Map<number, number>();
  #newest = 64_999;
  #feedbackCount = 0;

  constructor(readonly random: Random, readonly scenario: Scenario) {
    this.path = {
      ...{
        rate: 500_000,
        delay: 25,
        queue: 300,
        loss: 0,
        feedbackLoss: 0,
        competing: 0,
        jitter: 0,
      },
      ...scenario,
    };
    this.estimation = new SendSideBandwidthEstimation({
      startBitrate: scenario.startBitrate ?? 300_000,
      maxBitrate: scenario.maxBitrate ?? 5_000_000,
    });
    this.pacer = new Pacer(this.estimation.targetBitrate, true);
    this.#every(FRAME, () => this.#frame());
    this.#every(FEEDBACK, () => this.#report());
    this.#every(SAMPLE, () => this.#sample());
  }

  run(until: number): this {
    while (true) {
      const due = Math.min(
        this.#events[0]?.at ?? Infinity,
        this.pacer.nextTimeout ?? Infinity,
        this.estimation.nextTimeout ?? Infinity,
        ...this.others.map(({ nextTimeout }) => nextTimeout ?? Infinity),
      );
      if (due > until) break;
      this.now = Math.max(due, this.now);
      while (this.#events.length > 0 && this.#events[0]!.at <= this.now) {
        this.#events.shift()!.run();
      }
      if ((this.estimation.nextTimeout ?? Infinity) <= this.now) {
        this.estimation.handleTimeout(this.now);
      }
      for (const other of this.others) {
        if ((other.nextTimeout ?? Infinity) <= this.now) other.handleTimeout(this.now);
      }
      this.#pump();
    }
    this.now = until;
    return this;
  }

  /** The mean of what was seen between two times. */
  mean(key: "target" | "delivered" | "queueing", from: number, to: number): number {
    const seen = this.samples.filter(({ at }) => at > from && at <= to);
    return seen.reduce((sum, sample) => sum + sample[key], 0) / seen.length;
  }

  at(when: number, run: () => void): void {
    let i = this.#events.length;
    while (i > 0 && this.#events[i - 1]!.at > when) i--;
    this.#events.splice(i, 0, { at: when, run });
  }

  #every(period: number, run: () => void): void {
    const tick = () => {
      run();
      this.at(this.now + period, tick);
    };
    this.at(this.now + period, tick);
  }

  #frame(): void {
    const noise = 0.8 + 0.4 * this.random.fraction();
    const rate = this.estimation.targetBitrate * (this.scenario.use ?? 1);
    let bytes = Math.ceil(rate * FRAME / 8000 * noise);
    for (; bytes > 0; bytes -= MTU) {
      const size = Math.max(Math.min(bytes, MTU), 60);
      this.pacer.enqueue(size, size, "video", this.now);
    }
  }

  #pump(): void {
    this.#poll();
    let burst = 0;
    for (let size; (size = this.pacer.take(this.now)) !== undefined;) {
      this.#send(size, this.pacer.cluster);
      burst += size;
      this.#poll();
    }
    this.longestBurst = Math.max(this.longestBurst, burst);
    for (let due; (due = this.pacer.paddingDue(this.now)) > 0;) {
      const size = Math.min(due, MTU);
      const cluster = this.pacer.cluster;
      this.pacer.paddingSent(size, this.now);
      this.#send(size, cluster);
    }
    this.#poll();
  }

  #poll(): void {
    const events: CongestionEvent[] = [];
    this.estimation.poll(events);
    for (const event of events) {
      if (event.type === "target-bitrate") this.pacer.setTarget(event.bitrate, this.now);
      else {
        this.probes++;
        this.pacer.probe(event.cluster);
      }
    }
  }

  #send(size: number, cluster: number): void {
    const sequence = this.#nextSequence++;
    const names = { ssrc: SSRC, sequenceNumber: (sequence + 5000) & 0xffff };
    this.estimation.sent({ sequence: sequence & 0xffff, size, cluster, ...names }, this.now);
    this.cross(size, () => this.#arrive({ sequence, size }));
  }

  /** Sends so many bytes through the bottleneck; calls `arrive` then, if they do. */
  cross(size: number, arrive: () => void): void {
    const { rate, competing, queue, loss, delay, jitter } = this.path;
    const left = Math.max(rate - competing, 1000);
    const startsAt = Math.max(this.#freeAt, this.now);
    if (startsAt - this.now > queue) return;
    this.#freeAt = startsAt + size * 8000 / left;
    if (this.random.chance(loss)) return;
    const arrival = this.#freeAt + delay + jitter * this.random.fraction();
    this.#lastArrival = Math.max(this.#lastArrival, arrival);
    this.at(this.#lastArrival, arrive);
  }

  #arrive({ sequence, size }: Packet): void {
    this.#delivered += size;
    this.#arrivals.set(sequence, this.now + RECEIVER_CLOCK);
    this.#newest = Math.max(this.#newest, sequence);
  }

  #report(): void {
    if (this.#newest < this.#reported) return;
    const packet = this.scenario.feedback === "CCFB" ? this.#ccfb() : this.#twcc();
    this.#reported = this.#newest + 1;
    this.#arrivals.clear();
    if (this.random.chance(this.path.feedbackLoss)) return;
    const sent = this.scenario.tamper === undefined
      ? packet
      : this.scenario.tamper(packet, this.random);
    if (sent === undefined) return;
    const bytes = serializeRtcp([sent]);
    this.at(this.now + this.path.delay, () => this.#feedback(bytes));
  }

  #feedback(bytes: Uint8Array): void {
    for (const packet of parseRtcp(bytes)) {
      if (packet.type === "TWCC") this.estimation.transportFeedback(packet, this.now);
      if (packet.type === "CCFB") this.estimation.congestionFeedback(packet, this.now);
      if (packet.type === "REMB") this.estimation.receiverEstimate(packet, this.now);
    }
  }

  #twcc(): TransportFeedback {
    const count = this.#newest + 1 - this.#reported;
    const statuses = new Uint8Array(count);
    const deltas = new Int16Array(count);
    const first = Math.min(...this.#arrivals.values());
    const referenceTime = Math.floor(first / 64);
    let last = referenceTime * 256;
    for (let i = 0; i < count; i++) {
      const at = this.#arrivals.get(this.#reported + i);
      if (at === undefined) continue;
      deltas[i] = Math.round(at * 4) - last;
      last += deltas[i]!;
      statuses[i] = deltas[i]! > 255 || deltas[i]! < 0
        ? PacketStatus.LARGE_DELTA
        : PacketStatus.SMALL_DELTA;
    }
    return {
      ...{ type: "TWCC", senderSsrc: 1, mediaSsrc: SSRC, statuses, deltas },
      ...{ baseSequence: this.#reported & 0xffff, referenceTime },
      feedbackCount: this.#feedbackCount++ & 0xff,
    };
  }

  #ccfb(): CongestionControlFeedback {
    const reportTimestamp = Math.floor((this.now + RECEIVER_CLOCK) * 65.536) % 2 ** 32;
    const metrics = Uint16Array.from({ length: this.#newest + 1 - this.#reported }, (_, i) => {
      const at = this.#arrivals.get(this.#reported + i);
      if (at === undefined) return 0;
      const arrivalOffset = Math.round((this.now + RECEIVER_CLOCK - at) * 1.024);
      return packetMetricBlock({ received: true, ecn: 0, arrivalOffset });
    });
    const beginSequence = (this.#reported + 5000) & 0xffff;
    const streams = [{ ssrc: SSRC, beginSequence, metrics }];
    return { type: "CCFB", senderSsrc: 1, streams, reportTimestamp };
  }

  #sample(): void {
    this.samples.push({
      at: this.now,
      target: this.estimation.targetBitrate,
      delivered: this.#delivered * 8000 / SAMPLE,
      queueing: Math.max(0, this.#freeAt - this.now),
    });
    this.#delivered = 0;
  }
}
