import type { Discards, Millis } from "../../../core/stage/mod.ts";
import type { RtpPacket } from "../../packet.ts";
import { nacksFor } from "../../transmission/mod.ts";
import type { ReportBlock, RtcpPacket } from "../../rtcp/mod.ts";
import type { RtpSessionDiscard } from "../discards.ts";
import type { RtpSessionEvent } from "../event.ts";
import { FormatTable } from "../format_table.ts";
import type { ReturnedPacket, RtpItem } from "../items.ts";
import {
  type ExtensionIds,
  MAX_STREAMS,
  type ReceiverParameters,
  type RtpFormat,
  type RtpKind,
} from "../parameters.ts";
import type { FrameOutput, OutputFrame } from "./frame_output.ts";
import { IncomingStream, type StreamSection, type Useful } from "./incoming_stream.ts";
import { KeyFrameRequests } from "./key_frame_requests.ts";
import { repairedRidOf, ridOf } from "./packet_extensions.ts";
import { ReturnedStreams } from "./returned_streams.ts";

/** What a receiver needs of its session. */
export interface ReceiverHost {
  readonly discards: Discards<RtpSessionDiscard>;
  deliver(item: RtpItem): void;
  tell(event: RtpSessionEvent): void;
  /** A source is not heard any more. */
  forget(ssrc: number): void;
}

/** A stream, and what is asked of it. */
export interface Received {
  readonly stream: IncomingStream;
  readonly requests: KeyFrameRequests;
}

/** What one section receives: its streams, by their SSRCs and by those of their retransmissions and repairs. */
export class Receiver implements StreamSection {
  readonly mid: string;
  readonly kind: RtpKind;
  formats!: FormatTable;
  extensions!: ExtensionIds;
  #parameters!: ReceiverParameters;
  readonly #host: ReceiverHost;
  readonly #streams = new Map<number, Received>();
  /** The stream that each SSRC of RTX or FlexFEC belongs to: those of streams, and of what was announced last. */
  readonly #repairing = new Map<number, number>();
  readonly #returned: ReturnedStreams = new ReturnedStreams(this);
  #delay: Millis = 0;
  /** Whether a stream has, and nothing has come since. */
  #saidGoodbye = false;

  constructor(parameters: ReceiverParameters, host: ReceiverHost) {
    this.mid = parameters.mid;
    this.kind = parameters.kind;
    this.#host = host;
    this.configure(parameters);
  }

  get parameters(): ReceiverParameters {
    return this.#parameters;
  }

  /** Follows a negotiation; streams go on. */
  configure(parameters: ReceiverParameters): void {
    this.#parameters = parameters;
    this.formats = new FormatTable(parameters.formats);
    this.extensions = parameters.extensions;
    for (const [repairing, repaired] of this.#repairing) {
      if (!this.#streams.has(repaired)) this.#repairing.delete(repairing);
    }
    for (const { ssrc, rtx, fec } of parameters.sources.slice(0, MAX_STREAMS)) {
      if (rtx !== undefined) this.#repairing.set(rtx, ssrc);
      if (fec !== undefined) this.#repairing.set(fec, ssrc);
    }
    if (!this.#isTaken) this.#returned.clear();
    this.setDelay(this.target);
  }

  /** How long the application wants frames to be held. */
  get target(): Millis {
    return this.#parameters.jitterBufferTarget ?? 0;
  }

  /** Holds frames for so long, that they come out evenly. */
  setDelay(delay: Millis): void {
    this.#delay = delay;
    for (const { stream } of this.#streams.values()) stream.setDelay(delay);
  }

  /** Its streams, the one that began last at the end. */
  streams(): IncomingStream[] {
    return Array.from(this.#streams.values(), ({ stream }) => stream);
  }

  /** The same, with the requests for key frames of each. */
  received(): Received[] {
    return [...this.#streams.values()];
  }

  /** What makes frames of packets: those of streams, and of packets that the application has given back. */
  *frameOutputs(): Generator<FrameOutput> {
    for (const { stream } of this.#streams.values()) yield stream.frames;
    for (const { frames } of this.#returned.streams) yield frames;
  }

  /** How many SSRCs of RTX and FlexFEC are known. */
  get repairing(): number {
    return this.#repairing.size;
  }

  stream(ssrc: number): IncomingStream | undefined {
    return this.#streams.get(ssrc)?.stream;
  }

  /** A key frame is needed of the stream with this rid, or of all. */
  wantKeyFrame(rid: string | undefined): void {
    for (const { stream, requests } of this.#streams.values()) {
      if (rid === undefined || stream.rid === rid) requests.want();
    }
  }

  /** Takes a packet of this section. Returns whether its payload type is one of the section. */
  receive(packet: RtpPacket, now: Millis): boolean {
    const { payloadType, ssrc } = packet;
    const role = this.formats.role(payloadType);
    if (role === undefined) {
      this.#refuse(ssrc, "unknown payload type");
      return false;
    }
    if (role === "rtx" || role === "flexfec") this.#receiveRepair(packet, role, now);
    else this.#receiveMedia(packet, this.formats.get(payloadType)!, now);
    return true;
  }

  #receiveMedia(packet: RtpPacket, format: RtpFormat, now: Millis): void {
    const { stream } = this.#streams.get(packet.ssrc) ?? this.#begin(packet);
    const { sequence } = stream.reception.statistics;
    const { highest } = sequence;
    this.#useful(stream, stream.receive(packet, format, now), now);
    // Packets that a goodbye has overtaken are no sign of life.
    if (this.#saidGoodbye && sequence.highest > highest) this.#tellSource(stream);
  }

  #receiveRepair(packet: RtpPacket, role: "rtx" | "flexfec", now: Millis): void {
    const stream = this.#repairedBy(packet);
    if (stream === undefined) return this.#refuse(packet.ssrc, "unknown repaired source");
    const useful = role === "rtx"
      ? stream.receiveRtx(packet, now)
      : stream.receiveFlexfec(packet, now);
    this.#useful(stream, useful, now);
  }

  /** Takes a packet back that the application was given. */
  takeBack(item: ReturnedPacket, now: Millis): void {
    const format = this.formats.get(item.packet.payloadType);
    if (!this.#isTaken) this.#host.discards.add("not taken");
    else if (format === undefined) this.#host.discards.add("unknown payload type");
    else this.#returned.push(item, format, this.#delay, now);
  }

  /** Hands on what is due, of every stream. */
  take(now: Millis): void {
    for (const received of this.#streams.values()) this.#take(received, now);
    for (const { stream, frames } of this.#returned.take(now)) {
      for (const frame of frames) this.#host.deliver(this.#named(stream, frame));
      if (stream.frames.waitsForKeyFrame) this.#streams.get(stream.ssrc)?.requests.want();
    }
  }

  /** Feedback that is due: what is missing, and key frames that are needed. */
  takeFeedback(senderSsrc: number, roundTrip: Millis | undefined, now: Millis): RtcpPacket[] {
    const packets: RtcpPacket[] = [];
    const kind = this.#requestKind;
    for (const { stream, requests } of this.#streams.values()) {
      const { reception, ssrc } = stream;
      if (roundTrip !== undefined) reception.nack?.setRoundTrip(roundTrip);
      const nacks = nacksFor(senderSsrc, ssrc, reception.takeLost(now));
      stream.nackCount += nacks.length;
      packets.push(...nacks);
      const request = kind && requests.take(senderSsrc, kind, now);
      if (request !== undefined) packets.push(request);
    }
    return packets;
  }

  /** The next report block of each stream that has something to report. */
  reports(now: Millis): ReportBlock[] {
    return this.streams().map(({ reception }) => reception.report(now))
      .filter((report) => report !== undefined);
  }

  /** A source of this section has said goodbye. */
  ended(ssrc: number): void {
    if (!this.#streams.has(ssrc)) return;
    this.#saidGoodbye = true;
    this.#host.tell({ type: "source-ended", mid: this.mid, ssrc });
  }

  get nextTimeout(): Millis | undefined {
    let next = this.#returned.nextTimeout ?? Infinity;
    for (const { stream, requests } of this.#streams.values()) {
      next = Math.min(
        next,
        stream.reception.nextTimeout ?? Infinity,
        (this.#requestKind && requests.nextTimeout) ?? Infinity,
      );
    }
    return next === Infinity ? undefined : next;
  }

  /** Whether the application takes the packets, and no frames are made of them unless it gives them back. */
  get #isTaken(): boolean {
    return this.#parameters.delivery === "packets";
  }

  /** How key frames can be asked for, if they can. */
  get #requestKind(): "pli" | "fir" | undefined {
    if (this.formats.hasFeedback("nack pli")) return "pli";
    return this.formats.hasFeedback("ccm fir") ? "fir" : undefined;
  }

  #take({ stream, requests }: Received, now: Millis): void {
    const out = stream.take(now);
    if (out === undefined) return;
    for (const pressed of out.keys) this.#host.tell({ type: "tone", mid: this.mid, ...pressed });
    for (const frame of out.frames) {
      if (frame.keyFrame) requests.satisfied();
      if (!this.#isTaken) this.#host.deliver(this.#named(stream, frame));
    }
    if (stream.frames.waitsForKeyFrame && !this.#isTaken) requests.want();
  }

  #named({ ssrc, rid }: IncomingStream, frame: OutputFrame): RtpItem {
    return { type: "frame", mid: this.mid, ssrc, ...(rid !== undefined && { rid }), ...frame };
  }

  #useful({ rid }: IncomingStream, packets: Useful, now: Millis): void {
    if ((this.#parameters.delivery ?? "frames") === "frames") return;
    for (const packet of packets) {
      this.#host.deliver({
        type: "packet",
        mid: this.mid,
        ...(rid !== undefined && { rid }),
        packet,
        receiveTime: now,
      });
    }
  }

  #begin(packet: RtpPacket): Received {
    const { ssrc, payloadType } = packet;
    this.#makeRoom();
    const rid = ridOf(packet, this.extensions);
    const format = this.formats.get(payloadType)!;
    const stream = new IncomingStream(ssrc, rid, this, format, this.#delay);
    const received = { stream, requests: new KeyFrameRequests(ssrc) };
    this.#streams.set(ssrc, received);
    if (this.kind === "video" && !this.#isTaken) received.requests.want();
    this.#tellSource(stream);
    return received;
  }

  #tellSource({ ssrc, rid }: IncomingStream): void {
    this.#saidGoodbye = false;
    this.#host.tell({
      type: "source",
      mid: this.mid,
      ssrc,
      ...(rid !== undefined && { rid }),
    });
  }

  #makeRoom(): void {
    if (this.#streams.size < MAX_STREAMS) return;
    let silent: IncomingStream | undefined;
    for (const { stream } of this.#streams.values()) {
      if (silent === undefined || stream.lastPacketAt < silent.lastPacketAt) silent = stream;
    }
    const { ssrc } = silent!;
    this.#streams.delete(ssrc);
    this.#host.forget(ssrc);
    for (const [repairing, repaired] of this.#repairing) {
      if (repaired !== ssrc) continue;
      this.#repairing.delete(repairing);
      this.#host.forget(repairing);
    }
  }

  /** What comes of no stream takes no room among those of the section. */
  #refuse(ssrc: number, reason: RtpSessionDiscard): void {
    this.#host.discards.add(reason);
    const isKnown = this.#streams.has(ssrc) || this.#repairing.has(ssrc) ||
      this.#parameters.sources.some((source) => source.ssrc === ssrc);
    if (!isKnown) this.#host.forget(ssrc);
  }

  /** The stream that an RTX or FlexFEC packet repairs: as announced, as its repaired rid says, or the only one there is. */
  #repairedBy(packet: RtpPacket): IncomingStream | undefined {
    const known = this.#repairing.get(packet.ssrc);
    if (known !== undefined) return this.stream(known);
    const rid = repairedRidOf(packet, this.extensions);
    const streams = this.streams();
    const stream = rid === undefined
      ? streams.length === 1 ? streams[0] : undefined
      : streams.findLast((each) => each.rid === rid);
    if (stream !== undefined && this.#repairing.size < 2 * MAX_STREAMS) {
      this.#repairing.set(packet.ssrc, stream.ssrc);
    }
    return stream;
  }
}
