import type { Millis } from "../../../core/stage/mod.ts";
import { type RtpPacket, rtpPacketSize } from "../../packet.ts";
import { decapsulateRtx } from "../../payload/mod.ts";
import { type BufferedItem, DEFAULT_MAX_WAIT, ReceiveStream } from "../../reception/mod.ts";
import type { SenderReport } from "../../rtcp/mod.ts";
import type { RtpFormat, RtpKind } from "../parameters.ts";
import { isNextFrame } from "./frame_continuity.ts";
import { FrameOutput, type FrameOutputs } from "./frame_output.ts";
import { playoutDelayOf } from "./packet_extensions.ts";
import type { Reading } from "./reading.ts";
import { StreamRepair } from "./repair.ts";

/** What of its section a stream looks at. It may change while the stream goes on. */
export interface StreamSection extends Reading {
  readonly kind: RtpKind;
}

/** How long packets wait for the repair of a lost one, which comes with a later frame. */
const REPAIR_WAIT: Millis = 200;

/** Sound and pictures that are closer together seem to be in step (ITU-R BT.1359: 45 ms): for less, nothing is moved. */
const LAG_TOLERANCE: Millis = 30;

/** Packets that a stream could make use of, those that were recovered along with one among them. */
export type Useful = readonly RtpPacket[];

const NONE: Useful = Object.freeze([]);

/** One stream that the other side sends, with its retransmissions and repairs: from packets to frames. */
export class IncomingStream {
  readonly ssrc: number;
  readonly rid: string | undefined;
  readonly reception: ReceiveStream;
  readonly frames: FrameOutput;
  readonly repair: StreamRepair | undefined;
  readonly #section: StreamSection;
  #lastPacket: Millis = 0;
  #packets = 0;
  #bytes = 0;
  #headerBytes = 0;
  #retransmitted = 0;
  #retransmittedBytes = 0;
  #format: RtpFormat;
  #rtxSsrc: number | undefined;
  #fecSsrc: number | undefined;
  #senderReport: SenderReport | undefined;
  #senderReports = 0;
  /** How long the application wants it to be held, how long its sender does, and by how much it is ahead of what belongs to it. */
  #target: Millis = 0;
  #playoutDelay: Millis = 0;
  #lag: Millis = 0;
  /** How often its sender's clock had changed at the last report. */
  #clockChanges = 0;
  /** NACKs that asked for packets of it. */
  nackCount = 0;

  /** `first` is the format of the packet that it begins with. What is lost is asked for, if it `asks`. */
  constructor(
    ssrc: number,
    rid: string | undefined,
    section: StreamSection,
    first: RtpFormat,
    delay: Millis,
    asks = true,
  ) {
    const { kind, formats } = section;
    this.ssrc = ssrc;
    this.rid = rid;
    this.#section = section;
    this.#format = first;
    const isProtected = kind === "video" &&
      (formats.find("ulpfec") ?? formats.find("flexfec")) !== undefined;
    const isRepeated = formats.hasFeedback("nack");
    this.reception = new ReceiveStream({
      ssrc,
      clockRate: first.clockRate,
      ...(asks && isRepeated && { nack: {} }),
      buffer: {
        ...(!asks && { maxWait: DEFAULT_MAX_WAIT }),
        ...(asks && isProtected && !isRepeated && { maxWait: REPAIR_WAIT }),
        // RFC 5109 section 14: repairs that are lost leave gaps.
        ...(kind === "video" && { adjoins: (last, next) => isNextFrame(last, next, section) }),
      },
      rtx: formats.associated.size > 0,
    });
    this.setDelay(delay);
    this.frames = new FrameOutput(kind);
    this.repair = isProtected ? new StreamRepair(ssrc) : undefined;
  }

  /** The format of its last packet. */
  get format(): RtpFormat {
    return this.#format;
  }

  /** When its last packet came. */
  get lastPacketAt(): Millis {
    return this.#lastPacket;
  }

  /** Packets that came of it: its own, and those that repeat or repair it (webrtc-stats section 7). */
  get packetsReceived(): number {
    return this.#packets;
  }

  /** Their payload, in bytes. */
  get bytesReceived(): number {
    return this.#bytes;
  }

  /** Their headers and padding, in bytes. */
  get headerBytesReceived(): number {
    return this.#headerBytes;
  }

  /** Whether there is RTX for it (RFC 4588). */
  get isRepeated(): boolean {
    return this.#section.formats.associated.size > 0;
  }

  /** Packets that came again in its RTX stream. */
  get retransmittedPackets(): number {
    return this.#retransmitted;
  }

  /** Their payload, in bytes. */
  get retransmittedBytes(): number {
    return this.#retransmittedBytes;
  }

  /** The last sender report about it, and how many there were. */
  get senderReport(): SenderReport | undefined {
    return this.#senderReport;
  }

  get senderReports(): number {
    return this.#senderReports;
  }

  /** The source of its retransmissions, once one has come. */
  get rtxSsrc(): number | undefined {
    return this.#rtxSsrc;
  }

  /** The source of its FlexFEC, once a packet of it has come. */
  get fecSsrc(): number | undefined {
    return this.#fecSsrc;
  }

  /** How long it is to be held for its own sake: as the application wants, or its sender by a playout delay. */
  get wanted(): Millis {
    return Math.max(this.#target, this.#playoutDelay);
  }

  /** Holds frames for so long, unless there are reasons to hold them longer. */
  setDelay(delay: Millis): void {
    this.#target = delay;
    this.#hold();
  }

  /** Holds frames for so long that they are in step with others. */
  setLag(lag: Millis): void {
    if (lag > 0 && Math.abs(lag - this.#lag) < LAG_TOLERANCE) return;
    this.#lag = lag < LAG_TOLERANCE ? 0 : lag;
    this.#hold();
  }

  /** Whether its sender's clock has changed since what was last told of it. */
  get isReportStale(): boolean {
    return this.#clockChanges !== this.reception.buffer.playout.changes;
  }

  /** Takes a sender report about it. */
  reported(report: SenderReport, now: Millis): void {
    this.#clockChanges = this.reception.buffer.playout.changes;
    this.#senderReport = report;
    this.#senderReports++;
    this.reception.reported(report, now);
  }

  /** Takes a packet of the stream itself. */
  receive(packet: RtpPacket, format: RtpFormat, now: Millis): Useful {
    this.#lastPacket = now;
    this.#format = format;
    this.#count(packet);
    this.#followPlayoutDelay(packet);
    if (this.isReportStale) this.setLag(0);
    if (this.repair === undefined) {
      return this.reception.receive(packet, now) ? [packet] : NONE;
    }
    const unwrapped = this.repair.media(packet, this.#section);
    const useful = this.reception.receive(unwrapped.packet, now) ? [unwrapped.packet] : [];
    return this.#recovered(unwrapped.recovered, now, useful);
  }

  /** Takes a packet that repeats one. */
  receiveRtx(packet: RtpPacket, now: Millis): Useful {
    this.#rtxSsrc = packet.ssrc;
    this.#count(packet);
    const payloadType = this.#section.formats.associated.get(packet.payloadType);
    const original = payloadType === undefined
      ? undefined
      : decapsulateRtx(packet, { ssrc: this.ssrc, payloadType });
    if (original === undefined) return NONE; // padding, by which bandwidth is probed
    this.#retransmitted++;
    this.#retransmittedBytes += packet.payload.length;
    const { packet: media, recovered } = this.repair?.repeated(original, this.#section.formats) ??
      { packet: original, recovered: NONE };
    if (!this.reception.receiveRecovered(media, now)) return NONE;
    return this.#recovered(recovered, now, [media]);
  }

  /** Takes a packet of FlexFEC. */
  receiveFlexfec(packet: RtpPacket, now: Millis): Useful {
    this.#fecSsrc = packet.ssrc;
    this.#count(packet);
    return this.#recovered(this.repair?.flexfec(packet, this.#section.formats) ?? NONE, now, []);
  }

  /** Frames whose turn it is. */
  take(now: Millis): FrameOutputs | undefined {
    const items: BufferedItem[] = this.reception.take(now);
    if (items.length === 0) return undefined;
    const { formats, extensions } = this.#section;
    const { statistics: { remoteClock: clock }, buffer: { playout: { delay } } } = this.reception;
    return this.frames.push(items, { formats, extensions, clock, delay });
  }

  /** The longest delay matters nothing: nothing is held longer than it must. */
  #followPlayoutDelay(packet: RtpPacket): void {
    const delay = playoutDelayOf(packet, this.#section.extensions)?.min;
    if (delay === undefined || delay === this.#playoutDelay) return;
    this.#playoutDelay = delay;
    this.#hold();
  }

  #hold(): void {
    this.reception.buffer.playout.setDelay(Math.max(this.wanted, this.#lag));
  }

  #count(packet: RtpPacket): void {
    const { length } = packet.payload;
    this.#packets++;
    this.#bytes += length;
    this.#headerBytes += rtpPacketSize(packet) - length;
  }

  #recovered(packets: readonly RtpPacket[], now: Millis, useful: RtpPacket[]): Useful {
    for (const packet of packets) {
      if (this.reception.receiveRecovered(packet, now)) useful.push(packet);
      else this.repair?.cameTooLate();
    }
    return useful;
  }
}
