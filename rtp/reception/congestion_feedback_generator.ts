import { Discards, type Millis } from "../../core/stage/mod.ts";
import { diff16 } from "../../core/wire/mod.ts";
import {
  type CcfbStream,
  type CongestionControlFeedback,
  MAX_ARRIVAL_OFFSET,
  packetMetricBlock,
} from "../rtcp/mod.ts";
import type { NtpClock } from "./ntp_clock.ts";
import { type ArrivalDiscard, FEEDBACK_INTERVAL } from "./transport_feedback_generator.ts";

/** Sequence numbers of a stream whose arrival is remembered: 10 Mb/s for a second. A power of two. */
export const CCFB_WINDOW = 1024;

/** Streams whose arrivals are remembered; the one that has been silent longest makes room. */
export const MAX_CCFB_STREAMS = 64;

/** Metric blocks of one report, so that it fits a compound of 1200 bytes with the head of each stream (RFC 8888 section 3.1). */
export const MAX_CCFB_METRICS = 400;

/** Reports at a time, 32,000 packets a second: gaps take room, too, and whoever leaves large ones would have us send more than he does. */
export const MAX_CCFB_REPORTS_AT_ONCE = 8;

/** The head of a stream takes as much room as so many metric blocks, padding included. */
const HEAD_METRICS = 5;

/** A packet that came after the report's own time, or longer ago than can be said (RFC 8888 section 3.1). */
const OVERLONG = MAX_ARRIVAL_OFFSET + 1;

/** Packets of a stream that reports have called lost. */
export interface ReportedLosses {
  /** How many. */
  readonly lost: number;
  /** Those of them that a later report has told of as arrived. */
  readonly recovered: number;
}

/** When the packets of a stream arrived, by extended sequence number; NaN for those that did not. */
class StreamArrivals implements ReportedLosses {
  lost = 0;
  recovered = 0;
  readonly #times = new Float64Array(CCFB_WINDOW).fill(NaN);
  /** 1 for those that the last report about them has called lost. */
  readonly #calledLost = new Uint8Array(CCFB_WINDOW);
  #highest: number;
  /** The first number that no report has told of yet. */
  #begin: number;

  /** Counts from the stream's first number, in the second cycle: so that none is negative. */
  constructor(first: number) {
    this.#highest = this.#begin = first + 0x10000;
  }

  /** Takes a packet; returns why it was not taken. */
  add(sequenceNumber: number, now: Millis): ArrivalDiscard | undefined {
    const sequence = this.#highest + diff16(sequenceNumber, this.#highest & 0xffff);
    if (sequence <= this.#highest - CCFB_WINDOW) return "too old";
    this.#reach(sequence);
    const at = sequence % CCFB_WINDOW;
    if (!Number.isNaN(this.#times[at]!)) return "duplicate";
    this.#times[at] = now;
    // RFC 8888 section 3.1: reports may overlap, so that what came late is told of after all.
    this.#begin = Math.min(this.#begin, sequence);
    return undefined;
  }

  /** The next of what there is to tell, at most so many packets. */
  take(limit: number, blockOf: (arrival: Millis) => number): Omit<CcfbStream, "ssrc"> | undefined {
    const count = Math.min(limit, this.#highest + 1 - this.#begin);
    if (count <= 0) return undefined;
    const beginSequence = this.#begin & 0xffff;
    const metrics = new Uint16Array(count);
    for (let i = 0; i < count; i++) {
      const at = (this.#begin + i) % CCFB_WINDOW;
      const arrival = this.#times[at]!;
      const isLost = Number.isNaN(arrival);
      if (!isLost) metrics[i] = blockOf(arrival);
      this.#count(at, isLost);
    }
    this.#begin += count;
    return { beginSequence, metrics };
  }

  /** Each packet counts once, however many reports tell of it. */
  #count(at: number, isLost: boolean): void {
    const wasLost = this.#calledLost[at] === 1;
    if (isLost && !wasLost) this.lost++;
    if (!isLost && wasLost) this.recovered++;
    this.#calledLost[at] = isLost ? 1 : 0;
  }

  #reach(sequence: number): void {
    if (sequence <= this.#highest) return;
    const first = Math.max(this.#highest + 1, sequence - CCFB_WINDOW + 1);
    for (let i = first; i <= sequence; i++) {
      this.#times[i % CCFB_WINDOW] = NaN;
      this.#calledLost[i % CCFB_WINDOW] = 0;
    }
    this.#highest = sequence;
    this.#begin = Math.max(this.#begin, sequence - CCFB_WINDOW + 1);
  }
}

/**
 * Tells the sender of each stream when its packets arrived (RFC 8888). Memory is one number for each of the last {@linkcode CCFB_WINDOW}
 * packets of at most {@linkcode MAX_CCFB_STREAMS} streams. ECN bits are never seen: sockets don't show them.
 */
export class CongestionFeedbackGenerator {
  /** What was dropped. */
  readonly discards: Discards<ArrivalDiscard> = new Discards();
  readonly #senderSsrc: number;
  readonly #ntp: NtpClock;
  readonly #interval: Millis;
  /** The one that was heard last stands last. */
  readonly #streams = new Map<number, StreamArrivals>();
  #nextTimeout: Millis | undefined;

  /** `senderSsrc` is our own. */
  constructor(senderSsrc: number, ntp: NtpClock, interval: Millis = FEEDBACK_INTERVAL) {
    this.#senderSsrc = senderSsrc;
    this.#ntp = ntp;
    this.#interval = interval;
  }

  /** When {@linkcode CongestionFeedbackGenerator.take} wants to be called. */
  get nextTimeout(): Millis | undefined {
    return this.#nextTimeout;
  }

  /** Takes the RTP sequence number of a packet that arrived. */
  arrived(ssrc: number, sequenceNumber: number, now: Millis): void {
    const stream = this.#streams.get(ssrc) ?? new StreamArrivals(sequenceNumber);
    this.#streams.delete(ssrc);
    this.#streams.set(ssrc, stream);
    if (this.#streams.size > MAX_CCFB_STREAMS) {
      this.#streams.delete(this.#streams.keys().next().value!);
    }
    const discard = stream.add(sequenceNumber, now);
    if (discard !== undefined) return this.discards.add(discard);
    this.#nextTimeout ??= now + this.#interval;
  }

  /** What reports have said of a stream; undefined if there was none, or it is forgotten. */
  reported(ssrc: number): ReportedLosses | undefined {
    return this.#streams.get(ssrc);
  }

  /** The reports that are due at `now`. */
  take(now: Millis): CongestionControlFeedback[] {
    if (this.#nextTimeout === undefined || this.#nextTimeout > now) return [];
    this.#nextTimeout = undefined;
    const blockOf = (arrival: Millis) => {
      const arrivalOffset = Math.min(Math.round((now - arrival) * 1024 / 1000), OVERLONG);
      return packetMetricBlock({ received: true, ecn: 0, arrivalOffset });
    };
    const reportTimestamp = this.#ntp.compact(now);
    const head = { type: "CCFB", senderSsrc: this.#senderSsrc, reportTimestamp } as const;
    const reports: CongestionControlFeedback[] = [];
    while (reports.length < MAX_CCFB_REPORTS_AT_ONCE) {
      const streams = this.#fill(blockOf);
      if (streams.length === 0) return reports;
      reports.push({ ...head, streams });
    }
    this.#nextTimeout = now + this.#interval;
    return reports;
  }

  /** As much as one report holds. */
  #fill(blockOf: (arrival: Millis) => number): CcfbStream[] {
    const parts: CcfbStream[] = [];
    let room = MAX_CCFB_METRICS;
    for (const [ssrc, stream] of this.#streams) {
      if (room <= 0) break;
      const part = stream.take(room, blockOf);
      if (part === undefined) continue;
      parts.push({ ssrc, ...part });
      room -= part.metrics.length + HEAD_METRICS;
    }
    return parts;
  }
}
