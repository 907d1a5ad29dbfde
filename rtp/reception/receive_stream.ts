import type { Millis } from "../../core/stage/mod.ts";
import type { RtpPacket } from "../packet.ts";
import type { ReportBlock, SenderReport } from "../rtcp/mod.ts";
import { type BufferedItem, JitterBuffer, type JitterBufferOptions } from "./jitter_buffer.ts";
import { MAX_MISSING, NackGenerator, type NackOptions } from "./nack_generator.ts";
import { ReceptionStatistics } from "./reception_statistics.ts";
import { MAX_MISORDER } from "./source_sequence.ts";

/** How long packets that nobody sends again are waited for: they can only have been overtaken. */
const REORDER_WAIT: Millis = 50;

/** What a {@linkcode ReceiveStream} receives. */
export interface ReceiveStreamOptions {
  /** The source. */
  readonly ssrc: number;
  /** Of its payload type, in Hz. */
  readonly clockRate: number;
  /** How lost packets are asked for, if the peer takes NACKs. */
  readonly nack?: NackOptions;
  /** Whether lost packets come again in a stream of their own (RFC 4588), so that none comes again in this one. */
  readonly rtx?: boolean;
  /** Bounds of the jitter buffer. */
  readonly buffer?: JitterBufferOptions;
}

/**
 * Receives one source: packets go in as they arrive, and come out in sequence; what is lost is asked for.
 *
 * @example
 * ```ts
 * import { createRtpPacket, ReceiveStream } from "@heron/webrtc/rtp";
 * import { assertEquals } from "@std/assert";
 *
 * const stream = new ReceiveStream({ ssrc: 7, clockRate: 90000, nack: {} });
 * const packet = (sequenceNumber: number) =>
 *   createRtpPacket({ ssrc: 7, payloadType: 96, sequenceNumber, timestamp: 0 });
 * stream.receive(packet(1), 1000);
 * stream.receive(packet(3), 1001);
 * assertEquals(stream.take(1001).length, 1);
 * assertEquals(stream.takeLost(1010), [2]);
 * stream.receive(packet(2), 1060);
 * assertEquals(stream.take(1060).map(({ type }) => type), ["packet", "packet"]);
 * ```
 */
export class ReceiveStream {
  /** Sequence numbers, loss and jitter. */
  readonly statistics: ReceptionStatistics;
  /** Packets in their order. */
  readonly buffer: JitterBuffer;
  /** What is missing; undefined if it can't be asked for. */
  readonly nack: NackGenerator | undefined;
  readonly #rtx: boolean;
  #restarts = 0;
  #left: BufferedItem[] = [];

  /** A source that is about to send. */
  constructor(options: ReceiveStreamOptions) {
    const { ssrc, clockRate, nack, rtx = false, buffer } = options;
    // Deviation: RFC 3550 appendix A.1 takes two packets; what SRTP has authenticated needs no other proof, and its first packet counts.
    this.statistics = new ReceptionStatistics(ssrc, clockRate, 1);
    this.buffer = new JitterBuffer(
      clockRate,
      nack === undefined ? { maxWait: REORDER_WAIT, ...buffer } : buffer,
    );
    this.nack = nack === undefined ? undefined : new NackGenerator(nack);
    this.#rtx = rtx;
  }

  /** Takes a packet of the source. Returns whether it was of use. */
  receive(packet: RtpPacket, now: Millis): boolean {
    const sequence = this.#repeatedSequence(packet) ?? this.statistics.receive(packet, now);
    if (sequence === undefined) return false;
    if (this.statistics.sequence.restarts !== this.#restarts) this.#restart();
    return this.#accept(packet, sequence, now, false);
  }

  /** Takes a packet of the source that came again by RTX, or was recovered by error correction. Returns whether it was of use. */
  receiveRecovered(packet: RtpPacket, now: Millis): boolean {
    const sequence = this.statistics.sequence.extend(packet.sequenceNumber);
    // What repeats a packet can be ahead of the others by a few that were lost, too; what is further ahead would make all of them late.
    if (sequence === undefined) return false;
    if (sequence > this.statistics.sequence.highest + MAX_MISORDER) return false;
    return this.#accept(packet, sequence, now, true);
  }

  /** Takes a sender report of the source. */
  reported(report: SenderReport, now: Millis): void {
    this.statistics.reported(report, now);
  }

  /** Packets whose turn it is, and the gaps between them. */
  take(now: Millis): BufferedItem[] {
    const taken = this.buffer.take(now);
    const items = this.#left.length === 0 ? taken : this.#left.concat(taken);
    if (this.#left.length > 0) this.#left = [];
    if (items.length === 0) return items;
    if (this.nack !== undefined && this.nack.size > 0) this.nack.forgetBefore(this.buffer.head!);
    return items;
  }

  /** Sequence numbers to ask for now, in rising order. */
  takeLost(now: Millis): number[] {
    return this.nack?.take(now) ?? [];
  }

  /** The next report block; undefined if there is nothing to report. */
  report(now: Millis): ReportBlock | undefined {
    return this.statistics.report(now);
  }

  /** When {@linkcode ReceiveStream.take} or {@linkcode ReceiveStream.takeLost} wants to be called. */
  get nextTimeout(): Millis | undefined {
    const buffer = this.#left.length > 0 ? 0 : this.buffer.nextTimeout;
    const nack = this.nack?.nextTimeout;
    if (buffer === undefined || nack === undefined) return buffer ?? nack;
    return Math.min(buffer, nack);
  }

  /**
   * Without RTX, a packet is sent again as it was, perhaps twice; RFC 3550 appendix A.1 would take two neighbours that are far behind for a
   * restart.
   */
  #repeatedSequence({ sequenceNumber }: RtpPacket): number | undefined {
    if (this.nack === undefined || this.#rtx) return undefined;
    const sequence = this.statistics.sequence.extend(sequenceNumber);
    if (sequence === undefined) return undefined;
    const behind = this.statistics.sequence.highest - sequence;
    return behind >= MAX_MISORDER && behind <= MAX_MISSING ? sequence : undefined;
  }

  #accept(packet: RtpPacket, sequence: number, now: Millis, recovered: boolean): boolean {
    this.nack?.received(sequence, now);
    return this.buffer.push(packet, sequence, now, recovered);
  }

  /** What is left comes out before what the source sends from now on. */
  #restart(): void {
    this.#restarts = this.statistics.sequence.restarts;
    for (const item of this.buffer.flush()) this.#left.push(item);
    this.nack?.reset();
  }
}
