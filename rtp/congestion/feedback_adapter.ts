import { Discards, type Millis } from "../../core/stage/mod.ts";
import {
  type CcfbStream,
  type CongestionControlFeedback,
  MAX_ARRIVAL_OFFSET,
  PacketStatus,
  type TransportFeedback,
  TWCC_DELTA_MICROS,
  TWCC_REFERENCE_MILLIS,
} from "../rtcp/mod.ts";
import type { ArrivalReports } from "./arrival_reports.ts";
import { ArrivalClock } from "./arrival_clock.ts";
import type { PacketResult } from "./packet_result.ts";
import { SentPackets } from "./sent_packets.ts";
import { StreamSequences } from "./stream_sequences.ts";

/**
 * Why feedback about a packet was ignored: it was never sent (or is long forgotten), it has been answered for before, or it
 * belongs to a stream that is not ours.
 */
export type CongestionDiscard = "unknown packet" | "repeated" | "unknown stream";

/** A packet that is being sent. */
export interface TransportPacket {
  /** Transport-wide sequence number, 16 bits. Goes up by one with each packet, also where the peer sends feedback by RFC 8888. */
  readonly sequence: number;
  /** Bytes, with all headers that one wants to count. */
  readonly size: number;
  /** The probe that it is sent for, by {@linkcode ProbeCluster.id}; 0 or absent if none. */
  readonly cluster?: number;
  /** Its stream; needed for feedback by RFC 8888, together with `sequenceNumber`. */
  readonly ssrc?: number;
  /** Its RTP sequence number. */
  readonly sequenceNumber?: number;
}

/** Makes what either kind of feedback says into {@linkcode PacketResult}s. */
export class FeedbackAdapter {
  /** What feedback claimed and was not believed. */
  readonly discards: Discards<CongestionDiscard> = new Discards();
  #feedbackCount: number | undefined;
  #hasGap = false;
  readonly #sent = new SentPackets();
  readonly #streams = new StreamSequences();
  readonly #twccClock = new ArrivalClock(24, TWCC_REFERENCE_MILLIS);
  // Compact NTP: units of 2^-16 s.
  readonly #ccfbClock = new ArrivalClock(32, 1000 / 2 ** 16);

  /** Whether feedback was lost before the last one. What RFC 8888 says can't tell. */
  get hasGap(): boolean {
    return this.#hasGap;
  }

  /** Remembers what is sent. */
  sent({ sequence, size, cluster, ssrc, sequenceNumber }: TransportPacket, now: Millis): void {
    this.#sent.add(sequence & 0xffff, size, cluster ?? 0, now);
    if (ssrc !== undefined && sequenceNumber !== undefined) {
      this.#streams.set(ssrc, sequenceNumber & 0xffff, sequence & 0xffff);
    }
  }

  /** Reads draft-holmer-rmcat-transport-wide-cc-extensions-01 feedback: each delta counts from the packet before it. */
  transportFeedback(feedback: TransportFeedback, now: Millis): PacketResult[] {
    const { baseSequence, statuses, deltas, feedbackCount } = feedback;
    const results: PacketResult[] = [];
    const expected = ((this.#feedbackCount ?? feedbackCount - 1) + 1) & 0xff;
    this.#hasGap = feedbackCount !== expected;
    this.#feedbackCount = feedbackCount;
    let at = this.#twccClock.unwrap(feedback.referenceTime);
    for (let i = 0; i < statuses.length; i++) {
      const status = statuses[i]!;
      const timed = status === PacketStatus.SMALL_DELTA || status === PacketStatus.LARGE_DELTA;
      if (timed) at += deltas[i]! * TWCC_DELTA_MICROS / 1000;
      const received = status !== PacketStatus.NOT_RECEIVED;
      this.#settle(results, (baseSequence + i) & 0xffff, received, timed ? at : undefined, now);
    }
    return results;
  }

  /** Reads RFC 8888 feedback: each offset counts back from the time of the report. */
  congestionFeedback(feedback: CongestionControlFeedback, now: Millis): PacketResult[] {
    const results: PacketResult[] = [];
    const reportedAt = this.#ccfbClock.unwrap(feedback.reportTimestamp);
    for (const stream of feedback.streams) this.#stream(results, stream, reportedAt, now);
    return results;
  }

  #stream(results: PacketResult[], stream: CcfbStream, reportedAt: Millis, now: Millis): void {
    const { ssrc, beginSequence, metrics } = stream;
    const numbers = this.#streams.of(ssrc);
    if (numbers === undefined) return this.discards.add("unknown stream");
    for (let i = 0; i < metrics.length; i++) {
      const sequence = numbers.get((beginSequence + i) & 0xffff);
      if (sequence === undefined) {
        this.discards.add("unknown packet");
        continue;
      }
      const block = metrics[i]!;
      const offset = block & 0x1fff;
      const received = block >> 15 === 1;
      const timed = received && offset <= MAX_ARRIVAL_OFFSET;
      const at = timed ? reportedAt - offset * 1000 / 1024 : undefined;
      const result = this.#settle(results, sequence, received, at, now);
      if (result !== undefined) numbers.arrivals.count(result, block >> 13 & 0b11);
    }
  }

  /** What RFC 8888 feedback has said of a stream of ours; undefined if nothing was sent, or it is forgotten. */
  reportsOf(ssrc: number): ArrivalReports | undefined {
    return this.#streams.of(ssrc)?.arrivals;
  }

  #settle(
    results: PacketResult[],
    sequence: number,
    received: boolean,
    receivedAt: Millis | undefined,
    now: Millis,
  ): PacketResult | undefined {
    const settlement = this.#sent.settle(sequence, received, receivedAt, now);
    if (typeof settlement === "object") {
      results.push(settlement);
      return settlement;
    }
    this.discards.add(settlement === "unknown" ? "unknown packet" : "repeated");
    return undefined;
  }
}
