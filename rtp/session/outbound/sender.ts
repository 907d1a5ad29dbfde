import type { Millis } from "../../../core/stage/mod.ts";
import type { PacerPriority } from "../../congestion/mod.ts";
import { createRtpPacket, type RtpPacket } from "../../packet.ts";
import { silence } from "../../payload/mod.ts";
import type { SendInit } from "../../transmission/mod.ts";
import type { RtpSessionDiscard } from "../discards.ts";
import { FormatTable } from "../format_table.ts";
import type {
  FrameMoment,
  OutboundFrame,
  OutboundPacket,
  PacketizedPacket,
  WrittenPacket,
} from "../items.ts";
import {
  MAX_ENCODINGS,
  type RtpFormat,
  type RtpKind,
  type SenderParameters,
} from "../parameters.ts";
import { ExtensionHeaders } from "./extension_headers.ts";
import { FrameGate, type FrameGateHost } from "./frame_gate.ts";
import { layerFrames } from "./layer_frames.ts";
import { OutgoingStream, type SenderSection, type StreamHost } from "./outgoing_stream.ts";
import { schemeFor } from "./protection_schemes.ts";
import { ToneQueue } from "./tone_queue.ts";

/** What is lost is repaired, rather than sent again, where that would take longer. */
const LONG_ROUND_TRIP: Millis = 100;

/** Audio that does not come for so long has paused: packets are 20 ms long, or 60. */
const AUDIO_PAUSE: Millis = 100;

/** As much silence as goes before a tone then, in microseconds. */
const SILENCE = 20_000;

/** What a sender needs of its session. */
export interface SenderHost extends StreamHost, FrameGateHost {
  readonly maxPacketSize: number;
  /** Puts a packet on its way; false if there is no room. */
  enqueue(
    packet: RtpPacket,
    stream: OutgoingStream,
    headers: ExtensionHeaders,
    priority: PacerPriority,
    now: Millis,
    id?: number,
  ): boolean;
  /** There was no room for a packet that was written, or nothing to send it by. */
  written(packet: WrittenPacket, left: undefined): void;
  /** Hands a packet up. */
  deliver(packet: PacketizedPacket): void;
}

/** What one section sends: its encodings, and the keys that are pressed. */
export class Sender implements SenderSection {
  readonly mid: string;
  readonly kind: RtpKind;
  formats!: FormatTable;
  headers!: ExtensionHeaders;
  parameters!: SenderParameters;
  readonly #host: SenderHost;
  readonly #gate: FrameGate;
  #streams: OutgoingStream[] = [];
  readonly #tones = new ToneQueue();
  /** When something was last given to be sent. */
  #audioAt: Millis = -Infinity;

  constructor(parameters: SenderParameters, host: SenderHost, now: Millis) {
    this.mid = parameters.mid;
    this.kind = parameters.kind;
    this.#host = host;
    this.#gate = new FrameGate(this, host);
    this.configure(parameters, now);
  }

  get maxPacketSize(): number {
    return this.#host.maxPacketSize;
  }

  /** Follows a negotiation, or `setParameters`: an encoding that keeps its SSRC goes on. Returns the streams that end. */
  configure(parameters: SenderParameters, now: Millis): OutgoingStream[] {
    this.parameters = parameters;
    this.formats = new FormatTable(parameters.formats);
    this.headers = new ExtensionHeaders(parameters.extensions, parameters.extmapAllowMixed ?? true);
    const before = new Map(this.#streams.map((stream) => [stream.ssrc, stream]));
    this.#streams = parameters.encodings.slice(0, MAX_ENCODINGS).map((encoding) => {
      const known = before.get(encoding.ssrc);
      if (known === undefined) return new OutgoingStream(encoding, this, this.#host);
      before.delete(encoding.ssrc);
      if (encoding.active && !known.parameters.active) this.#gate.resume(known, now);
      known.configure(encoding);
      return known;
    });
    this.#gate.configure(parameters.maxBitrate, this.#streams);
    return [...before.values()];
  }

  streams(): readonly OutgoingStream[] {
    return this.#streams;
  }

  /** Sends a frame. */
  send(frame: OutboundFrame, now: Millis): void {
    this.#audioAt = now;
    if (this.kind === "audio" && this.#tones.isPressed(now)) return;
    this.#send(frame, now);
  }

  #send(frame: OutboundFrame, now: Millis): void {
    const stream = this.#streamOf(frame.rid);
    if (stream === undefined || !stream.parameters.active) return this.#drop("no encoding");
    const format = this.formats.get(frame.payloadType);
    if (format === undefined) return this.#drop("no format");
    this.#gate.given(stream, frame.data.length, now);
    if (!this.#gate.lets(stream, frame.keyFrame, now)) return;
    const { remote, protection } = stream;
    protection.observe(remote.fractionLost);
    const inits = this.#made(() => this.#packetize(frame, stream, format, now)) ?? [];
    if (inits.length > 0) stream.limits.frame();
    for (const { payload } of inits) this.#gate.sent(stream, payload.length);
    if (this.parameters.handsUpPackets) { for (const init of inits) this.#handUp(init, stream); }
    else {
      const packets = inits.map((init) => stream.media.packet(init));
      for (const packet of this.#protected(packets, stream, format)) {
        this.#enqueue(packet, stream, now);
      }
    }
  }

  #packetize(
    frame: OutboundFrame,
    stream: OutgoingStream,
    format: RtpFormat,
    now: Millis,
  ): SendInit[] {
    return layerFrames(frame, format, stream.parameters).flatMap(({ frame, endsPicture }) =>
      stream.packetize(frame, format, now, endsPicture)
    );
  }

  /** The packets of a frame, with repairs among them where what is lost can't be sent again in time. */
  #protected(packets: RtpPacket[], stream: OutgoingStream, format: RtpFormat): RtpPacket[] {
    const { formats, headers } = this;
    const { protection, roundTrip } = stream;
    const isLate = !formats.hasFeedback("nack") || (roundTrip.smoothed ?? 0) >= LONG_ROUND_TRIP;
    if (!protection.isNeeded || !isLate || packets.length === 0) return packets;
    const scheme = schemeFor(stream, format, formats, packets[0]!.timestamp);
    return scheme === undefined ? packets : protection.protect(packets, headers, scheme);
  }

  /** The RTP timestamp that a frame is going to have; undefined if it can't be sent. */
  timestampOf({ rid, payloadType, timestamp }: FrameMoment, now: Millis): number | undefined {
    const format = this.formats.get(payloadType);
    return format && this.#streamOf(rid)?.timestampOf(timestamp, format, now);
  }

  /** Forwards a packet. */
  forward(item: OutboundPacket, now: Millis): void {
    this.#audioAt = now;
    const stream = this.#streamOf(item.rid);
    if (stream === undefined || !stream.parameters.active) return this.#drop("no encoding");
    const format = this.formats.get(item.payloadType);
    if (format === undefined) return this.#drop("no format");
    this.#gate.given(stream, item.packet.payload.length, now);
    if (!this.#gate.letsPacket(stream, item, format, now)) return stream.skipForwarded();
    const packet = stream.rewrite(item, format, now);
    if (packet === undefined) return;
    this.#gate.sent(stream, packet.payload.length);
    this.#enqueue(packet, stream, now);
  }

  /** Sends a packet that the application has written, and tells if it never will be sent. */
  write(item: WrittenPacket, now: Millis): void {
    this.#audioAt = now;
    const stream = this.#streamOf(item.rid);
    const format = this.formats.get(item.payloadType);
    if (stream === undefined || !stream.parameters.active) this.#drop("no encoding");
    else if (format === undefined) this.#drop("no format");
    else {
      const packet = this.#made(() => stream.write(item, format, now));
      if (packet !== undefined && this.#enqueue(packet, stream, now, item.id)) return;
    }
    this.#host.written(item, undefined);
  }

  /** Presses a key (RFC 4733 section 3.2: 0 to 15). Returns false if the other side takes none, or too many wait. */
  press(event: number, duration: Millis, now: Millis): boolean {
    const [stream] = this.#streams;
    if (stream === undefined || this.formats.find("telephone-event") === undefined) return false;
    const hasPaused = now - this.#audioAt >= AUDIO_PAUSE && !this.#tones.isSounding(now);
    if (hasPaused) this.#sendSilence(stream, now);
    const format = this.formats.find("telephone-event", stream.media.clockRate) ??
      this.formats.find("telephone-event")!;
    const timestampAt = (at: Millis) => stream.timestampAt(at, format.clockRate);
    return this.#tones.press(event, duration, format, timestampAt, now);
  }

  /** Browsers place a tone by the audio before it: where that has paused, they play none. */
  #sendSilence(stream: OutgoingStream, now: Millis): void {
    const last = this.formats.get(stream.payloadType ?? -1) ?? this.formats.find("media");
    const format = last && this.formats.get(this.formats.primaryOfRed(last) ?? last.payloadType);
    const data = format && silence(format, SILENCE);
    if (data === undefined) return;
    const { payloadType, clockRate } = format!;
    const rtpTimestamp = stream.timestampAt(now, clockRate);
    this.#send({
      ...{ type: "frame", mid: this.mid, payloadType, data },
      ...{ keyFrame: true, timestamp: 0, rtpTimestamp },
    }, now);
  }

  handleTimeout(now: Millis): void {
    const [stream] = this.#streams;
    for (const { payloadType, payload, timestamp, marker } of this.#tones.take(now)) {
      if (stream === undefined) continue;
      this.#enqueue(stream.packet(payloadType, payload, timestamp, marker), stream, now);
    }
  }

  get nextTimeout(): Millis | undefined {
    return this.#tones.nextTimeout;
  }

  #enqueue(packet: RtpPacket, stream: OutgoingStream, now: Millis, id?: number): boolean {
    const { kind, headers } = this;
    const isTaken = this.#host.enqueue(packet, stream, headers, kind, now, id);
    if (!isTaken) this.#drop("congested");
    return isTaken;
  }

  /** What packets are made of may not fit into any. */
  #made<T>(make: () => T): T | undefined {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#drop("unsendable frame");
      return undefined;
    }
  }

  /** Its number is given when it is written. */
  #handUp(init: SendInit, { ssrc, rid }: OutgoingStream): void {
    const packet = createRtpPacket({ ...init, ssrc, sequenceNumber: 0 });
    const { mid } = this;
    this.#host.deliver({ type: "packetized", mid, ...(rid !== undefined && { rid }), packet });
  }

  #streamOf(rid: string | undefined): OutgoingStream | undefined {
    if (rid === undefined) return this.#streams[0];
    return this.#streams.find((stream) => stream.rid === rid) ??
      (this.#streams.length === 1 && this.#streams[0]!.rid === undefined
        ? this.#streams[0]
        : undefined);
  }

  #drop(reason: RtpSessionDiscard): void {
    this.#host.discards.add(reason);
  }
}
