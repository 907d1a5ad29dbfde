import type { Discards, Millis } from "../../../core/stage/mod.ts";
import type { SendSideBandwidthEstimation } from "../../congestion/mod.ts";
import { parseRtcp, type ReportBlock, type RtcpPacket, type SenderReport } from "../../rtcp/mod.ts";
import type { RtpSessionDiscard } from "../discards.ts";
import type { OutgoingStream } from "../outbound/outgoing_stream.ts";
import type { Reporter } from "./reporter.ts";

/** What received RTCP is handed on to. */
export interface FeedbackHost {
  readonly reporter: Reporter;
  readonly estimation: SendSideBandwidthEstimation;
  readonly discards: Discards<RtpSessionDiscard>;
  /** The stream of ours with this SSRC, be it of media or of retransmissions. */
  outgoing(ssrc: number): OutgoingStream | undefined;
  /** A sender report of the other side. */
  reported(report: SenderReport, now: Millis): void;
  /** Sources of the other side have said goodbye. */
  goodbyeReceived(ssrcs: readonly number[]): void;
  /** Packets of a stream of ours are missing. */
  repeat(stream: OutgoingStream, lost: readonly number[], now: Millis): void;
  /** A key frame of a stream of ours is asked for. False if it is too soon after the last one, and nobody is told. */
  keyFrameWanted(stream: OutgoingStream, now: Millis): boolean;
}

/** What the last report block about a stream said, to see what is new. */
interface Seen {
  readonly highest: number;
  readonly lost: number;
}

/** Streams of ours whose last report is remembered. */
const MAX_SEEN = 4096;

/** Takes received RTCP apart: each packet to whom it concerns. */
export class FeedbackHandler {
  /** RFC 8888 reports that came. */
  congestionReports = 0;
  readonly #host: FeedbackHost;
  readonly #seen = new Map<number, Seen>();

  constructor(host: FeedbackHost) {
    this.#host = host;
  }

  /** Takes a datagram. */
  receive(bytes: Uint8Array, now: Millis): void {
    const packets = parseRtcp(bytes);
    if (packets.length === 0) return this.#host.discards.add("malformed packet");
    for (const packet of packets) this.#packet(packet, bytes.length, now);
  }

  #packet(packet: RtcpPacket, size: number, now: Millis): void {
    const { reporter, estimation } = this.#host;
    switch (packet.type) {
      case "SR":
      case "RR":
        if (packet.type === "SR") this.#host.reported(packet, now);
        reporter.scheduler.received(packet.ssrc, size, now);
        for (const block of packet.reports) this.#report(block, now);
        return;
      case "XR":
        return reporter.reference.receive(packet, now);
      case "BYE":
        for (const ssrc of packet.ssrcs) reporter.scheduler.left(ssrc, now);
        return this.#host.goodbyeReceived(packet.ssrcs);
      case "NACK":
        return this.#nack(packet.mediaSsrc, packet.lost, now);
      case "PLI":
        return this.#pli(packet.mediaSsrc, now);
      case "FIR":
        for (const { ssrc, sequence } of packet.entries) this.#fir(ssrc, sequence, now);
        return;
      case "TWCC":
        return estimation.transportFeedback(packet, now);
      case "CCFB":
        this.congestionReports++;
        return estimation.congestionFeedback(packet, now);
      case "REMB":
        return estimation.receiverEstimate(packet, now);
    }
  }

  #report(block: ReportBlock, now: Millis): void {
    const stream = this.#host.outgoing(block.ssrc);
    if (stream === undefined) return this.#host.discards.add("implausible feedback");
    const isMedia = stream.ssrc === block.ssrc;
    if (!stream.remoteOf(block.ssrc)?.receive(block, now)) {
      return this.#host.discards.add("implausible feedback");
    }
    if (!isMedia) return;
    stream.acknowledge();
    this.#countLoss(block, now);
  }

  /** What was expected and lost since the last report, for senders whose peer tells nothing more. */
  #countLoss({ ssrc, highestSequence: highest, cumulativeLost: lost }: ReportBlock, now: Millis) {
    const before = this.#seen.get(ssrc);
    if (this.#seen.size < MAX_SEEN || before !== undefined) this.#seen.set(ssrc, { highest, lost });
    if (before === undefined) return;
    const expected = (highest - before.highest) | 0;
    if (expected <= 0) return;
    const missing = Math.min(Math.max(lost - before.lost, 0), expected);
    this.#host.estimation.receiverReport(expected, missing, now);
  }

  #nack(ssrc: number, lost: readonly number[], now: Millis): void {
    const stream = this.#host.outgoing(ssrc);
    if (stream === undefined) return this.#host.discards.add("implausible feedback");
    stream.nackCount++;
    this.#host.repeat(stream, lost, now);
  }

  #pli(ssrc: number, now: Millis): void {
    const stream = this.#host.outgoing(ssrc);
    if (stream === undefined) return this.#host.discards.add("implausible feedback");
    stream.pliCount++;
    this.#host.keyFrameWanted(stream, now);
  }

  #fir(ssrc: number, sequence: number, now: Millis): void {
    const stream = this.#host.outgoing(ssrc);
    if (stream === undefined) return this.#host.discards.add("implausible feedback");
    stream.firCount++;
    // RFC 5104 section 4.3.1.1: the same number again asks for the same key frame.
    const isNew = sequence !== stream.firSequence;
    if (isNew && this.#host.keyFrameWanted(stream, now)) stream.firSequence = sequence;
  }
}
