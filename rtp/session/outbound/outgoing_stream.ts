import type { CryptoProvider } from "../../../core/crypto/provider.ts";
import type { Millis } from "../../../core/stage/mod.ts";
import { DEPENDENCY_DESCRIPTOR_URI } from "../../extensions/mod.ts";
import type { ExtensionElement } from "../../header_extension.ts";
import { MAX_CSRCS, RTP_HEADER_LENGTH, type RtpPacket, rtpPadding } from "../../packet.ts";
import { startsKeyFrame } from "../../payload/mod.ts";
import type { NtpClock, RoundTrip } from "../../reception/mod.ts";
import type { SenderReport } from "../../rtcp/mod.ts";
import {
  RemoteInbound,
  Retransmitter,
  type SendInit,
  type SendStream,
} from "../../transmission/mod.ts";
import type { FormatTable } from "../format_table.ts";
import type { OutboundFrame, OutboundPacket, WrittenPacket } from "../items.ts";
import type { EncodingParameters, RtpFormat } from "../parameters.ts";
import { CaptureTimes } from "./capture_times.ts";
import {
  dependencyElements,
  DependencyWriter,
  type FrameDescription,
} from "./dependencies/dependency_writer.ts";
import { FramePlacement } from "./dependencies/frame_placement.ts";
import { ForwardedDescriptors } from "./dependencies/forwarded_descriptors.ts";
import { FrameCounter } from "./dependencies/frame_counter.ts";
import type { OwnSources } from "./own_sources.ts";
import type { ExtensionHeaders } from "./extension_headers.ts";
import { EncodingLimits } from "./encoding_limits.ts";
import { FramePayloads } from "./frame_payloads.ts";
import { FrameRate } from "./frame_rate.ts";
import { OutgoingClock } from "./outgoing_clock.ts";
import { Protection, REPAIR_OVERHEAD } from "./protection.ts";
import {
  frameElements,
  mediaElements,
  nameElements,
  repairExtension,
  STAMP_SIZE,
  type StreamName,
  writtenElements,
} from "./packet_extensions.ts";
import { QualityLimitation } from "./quality_limitation.ts";
import { SentTraffic } from "./sent_traffic.ts";
import { StreamRewriter } from "./stream_rewriter.ts";

/** Bytes that RTX adds to a payload (RFC 4588 section 4). */
const RTX_OVERHEAD = 2;

/** The largest padding of one packet (RFC 3550 section 5.1). */
const MAX_PADDING = 255;

/** What of its section a stream looks at. It may change while the stream goes on. */
export interface SenderSection {
  readonly mid: string;
  readonly formats: FormatTable;
  readonly headers: ExtensionHeaders;
  /** Bytes of an RTP packet at most. */
  readonly maxPacketSize: number;
}

/** What a stream needs of its session. */
export interface StreamHost {
  readonly crypto: CryptoProvider;
  readonly ntp: NtpClock;
  readonly sources: OwnSources;
}

/** One stream that this side sends, with its retransmissions: from frames to packets. */
export class OutgoingStream {
  readonly ssrc: number;
  readonly rid: string | undefined;
  readonly media: SendStream;
  readonly retransmitter: Retransmitter;
  readonly remote: RemoteInbound;
  readonly protection: Protection = new Protection();
  parameters: EncodingParameters;
  /** Requests for key frames that have arrived. */
  pliCount = 0;
  firCount = 0;
  nackCount = 0;
  /** When a key frame was last asked for by the other side, and whoever encodes was told. */
  keyFrameWantedAt: Millis = -Infinity;
  /** The number of the last FIR of which they were told. */
  firSequence: number | undefined;
  framesSent = 0;
  keyFramesSent = 0;
  readonly rate: FrameRate = new FrameRate();
  /** All that has left for it. */
  readonly traffic: SentTraffic = new SentTraffic();
  readonly limits: EncodingLimits = new EncodingLimits();
  readonly quality: QualityLimitation = new QualityLimitation();
  /** What the other side says of the streams that repair it. */
  readonly #repairRemotes = new Map<number, RemoteInbound>();
  readonly #section: SenderSection;
  readonly #host: StreamHost;
  readonly #clock: OutgoingClock;
  readonly #rewriter: StreamRewriter;
  readonly #payloads: FramePayloads;
  readonly #frames = new FrameCounter();
  readonly #dependencies = new DependencyWriter(this.#frames);
  readonly #placement = new FramePlacement();
  readonly #descriptors = new ForwardedDescriptors(this.#frames);
  #fec: SendStream | undefined;
  #payloadType: number | undefined;
  #acknowledged = false;
  readonly #captureTimes: CaptureTimes;

  constructor(parameters: EncodingParameters, section: SenderSection, host: StreamHost) {
    const { ssrc, rtxSsrc, rid } = parameters;
    const { ntp, sources } = host;
    this.ssrc = ssrc;
    this.rid = rid;
    this.parameters = parameters;
    this.#section = section;
    this.#host = host;
    this.#captureTimes = new CaptureTimes(ntp);
    this.media = sources.begin({ ssrc, clockRate: 90_000 });
    this.#clock = new OutgoingClock(this.media);
    this.#rewriter = new StreamRewriter(this.media);
    this.#payloads = new FramePayloads(section, host.crypto);
    this.retransmitter = new Retransmitter({
      ...(rtxSsrc !== undefined && {
        rtx: {
          stream: sources.begin({ ssrc: rtxSsrc, clockRate: 90_000 }),
          payloadTypes: section.formats.rtx,
        },
        extension: (packet: RtpPacket) => repairExtension(packet, this.name, section.headers),
      }),
    });
    this.remote = new RemoteInbound(this.media, ntp);
    this.configure(parameters);
  }

  /** What repairs it, if that is a stream of its own. */
  get fec(): SendStream | undefined {
    return this.parameters.fecSsrc === undefined ? undefined : this.#fec;
  }

  /** All that goes out for it: its media first, what is sent again, what repairs it. */
  get sources(): SendStream[] {
    return [this.media, this.retransmitter.stream, this.fec].filter((one) => one !== undefined);
  }

  /** What the other side says of one of them. */
  remoteOf(ssrc: number): RemoteInbound | undefined {
    return ssrc === this.ssrc ? this.remote : this.#repairRemotes.get(ssrc);
  }

  get name(): StreamName {
    return { mid: this.#section.mid, ...(this.rid !== undefined && { rid: this.rid }) };
  }

  /** The payload type of the last frame. */
  get payloadType(): number | undefined {
    return this.#payloadType;
  }

  /** What is known of the way to the other side and back. */
  get roundTrip(): RoundTrip {
    return this.remote.roundTrip;
  }

  /** Follows a negotiation. */
  configure(parameters: EncodingParameters): void {
    const { ntp, sources } = this.#host;
    const { fecSsrc } = parameters;
    this.parameters = parameters;
    this.limits.configure(parameters);
    this.retransmitter.setPayloadTypes(this.#section.formats.rtx);
    if (fecSsrc !== undefined) {
      this.#fec ??= sources.begin({ ssrc: fecSsrc, clockRate: 90_000 });
    }
    for (const source of this.sources.slice(1)) {
      if (this.#repairRemotes.has(source.ssrc)) continue;
      this.#repairRemotes.set(source.ssrc, new RemoteInbound(source, ntp));
    }
  }

  /**
   * The packets of a frame, without their numbers; `endsPicture` says whether it is the last spatial layer of its picture, if that is known.
   * Throws a RangeError if its format can't carry it.
   */
  packetize(
    frame: OutboundFrame,
    format: RtpFormat,
    now: Millis,
    endsPicture?: boolean,
  ): SendInit[] {
    const { data, keyFrame, timestamp: micros, contributingSources } = frame;
    const timestamp = frame.rtpTimestamp ?? this.timestampOf(micros, format, now);
    this.media.clockRate = format.clockRate;
    const { payloadType } = format;
    const { headers } = this.#section;
    const name = this.#name(keyFrame);
    const captureTime = this.#captureTimes.of(frame.captureTime, timestamp, format.clockRate, now);
    const told = captureTime === undefined ? frame : { ...frame, captureTime };
    const description = this.#describe(frame);
    const placed = this.#placement.find(frame, this.parameters.layers, endsPicture);
    const elements = (place: { readonly isFirst: boolean; readonly isLast: boolean }) => [
      ...name,
      ...frameElements(told, headers.ids, place),
      ...dependencyElements(description, headers.ids, place),
    ];
    const limit = this.#room(told, elements({ isFirst: true, isLast: true }));
    const media = { data, keyFrame, ...(placed.place && { place: placed.place }) };
    const payloads = this.#payloads.of(media, timestamp, format, limit);
    if (payloads.length === 0) return [];
    this.#placement.sent(placed);
    if (description !== undefined) this.#dependencies.sent(description);
    this.#payloadType = payloadType;
    if (placed.place?.beginsPicture ?? true) this.#countFrame(now);
    if (keyFrame) this.keyFramesSent++;
    return payloads.map(({ payload, marker, timestampOffset }, i) => ({
      payloadType,
      timestamp: (timestamp + timestampOffset) >>> 0,
      payload,
      marker: marker || (frame.talkspurt === true && i === 0),
      ...(contributingSources && { csrcs: contributingSources }),
      extension: headers.build(
        elements({ isFirst: i === 0, isLast: i === payloads.length - 1 }),
      ),
    }));
  }

  /** A packet that the application has written. Throws a RangeError if there is too much of something. */
  write(item: WrittenPacket, format: RtpFormat, now: Millis): RtpPacket {
    const { payloadType, timestamp, payload, marker, csrcs, paddingLength } = item;
    if (csrcs.length > MAX_CSRCS) throw new RangeError(`${csrcs.length} CSRCs: at most 15`);
    this.media.clockRate = format.clockRate;
    this.#payloadType = payloadType;
    if (marker) this.#countFrame(now);
    const { headers } = this.#section;
    return this.media.packet({
      ...{ payloadType, timestamp, payload, marker, csrcs },
      extension: headers.build([
        ...this.#name(startsKeyFrame(format.mimeType, payload) ?? false),
        ...writtenElements(item.extensions, headers.ids),
      ]),
      ...(paddingLength > 0 && { padding: rtpPadding(paddingLength) }),
    });
  }

  /** A forwarded packet as one of this stream. */
  rewrite(item: OutboundPacket, format: RtpFormat, now: Millis): RtpPacket | undefined {
    this.media.clockRate = format.clockRate;
    const rewritten = this.#rewriter.rewrite(
      item.packet,
      format.clockRate,
      now,
      item.source,
    );
    if (rewritten === undefined) return undefined;
    this.#payloadType = format.payloadType;
    if (item.packet.marker) this.#countFrame(now);
    const { headers } = this.#section;
    return {
      ...rewritten,
      payloadType: format.payloadType,
      extension: headers.build([
        ...this.#name(startsKeyFrame(format.mimeType, item.packet.payload) ?? false),
        ...item.extensions === undefined
          ? []
          : mediaElements(item.packet, item.extensions, headers.ids).map((one) =>
            this.#forwarded(one)
          ),
      ]),
    };
  }

  /** Packets to be forwarded were left out, and those that follow don't need them. */
  skipForwarded(): void {
    this.#rewriter.skip();
  }

  /** A packet of something else than media, such as a tone, whose timestamp is given. */
  packet(payloadType: number, payload: Uint8Array, timestamp: number, marker: boolean): RtpPacket {
    const extension = this.#section.headers.build(this.#name(true));
    return this.media.packet({ payloadType, payload, timestamp, marker, extension });
  }

  /** A packet of the stream that repairs it, which has to be there. */
  repair(payloadType: number, payload: Uint8Array, timestamp: number): RtpPacket {
    const extension = repairExtension(
      { extension: undefined },
      this.name,
      this.#section.headers,
    );
    return this.fec!.packet({ payloadType, payload, timestamp, extension });
  }

  /** The RTP timestamp of a frame of this moment, in microseconds, that is about to be sent. */
  timestampOf(micros: number, { clockRate }: RtpFormat, now: Millis): number {
    return this.#clock.timestampOf(micros, clockRate, now);
  }

  /** The RTP timestamp of this moment. */
  timestampAt(now: Millis, clockRate: number): number {
    return this.#clock.timestampAt(now, clockRate);
  }

  /** A packet of nothing but padding in the RTX stream, for a probe of bandwidth; undefined where there is no such stream. */
  padding(size: number, now: Millis): RtpPacket | undefined {
    const stream = this.retransmitter.stream;
    const payloadType = this.#section.formats.rtx.get(this.#payloadType ?? -1);
    const timestamp = this.media.timestampAt(now);
    if (stream === undefined || payloadType === undefined || timestamp === undefined) {
      return undefined;
    }
    const padding = rtpPadding(Math.min(Math.max(Math.round(size), 1), MAX_PADDING));
    const packet = stream.packet({ payloadType, timestamp, payload: new Uint8Array(0), padding });
    stream.sent(packet, now);
    return packet;
  }

  /** A report block about this stream, or its retransmissions, has come. */
  acknowledge(): void {
    this.#acknowledged = true;
  }

  /** Reports of the streams that have sent something. */
  reports(now: Millis, ntp: NtpClock): SenderReport[] {
    return this.sources.map((source) => source.report(now, ntp, []))
      .filter((report) => report !== undefined);
  }

  #countFrame(now: Millis): void {
    this.framesSent++;
    this.rate.add(now);
  }

  /** RFC 9143 section 9.2 lets a receiver learn the SSRC; once a report shows that it has, key frames alone name the stream. */
  #name(always: boolean): ExtensionElement[] {
    if (this.#acknowledged && !always) return [];
    return nameElements(this.name, this.#section.headers.ids);
  }

  #describe(frame: OutboundFrame): FrameDescription | undefined {
    const { headers: { ids, maxLength } } = this.#section;
    if (!ids.has(DEPENDENCY_DESCRIPTOR_URI)) return undefined;
    return this.#dependencies.describe(frame, this.parameters.layers, maxLength);
  }

  /** What a forwarded packet says of its media, which may have to be said anew. */
  #forwarded({ id, data }: ExtensionElement): ExtensionElement {
    if (id !== this.#section.headers.ids.get(DEPENDENCY_DESCRIPTOR_URI)) return { id, data };
    return { id, data: this.#descriptors.rewrite(data, this.#rewriter.run) };
  }

  /** What a payload may have of the packet. */
  #room(frame: OutboundFrame, elements: readonly ExtensionElement[]): number {
    const { headers, maxPacketSize } = this.#section;
    const extension = sizeOf(elements);
    const csrcs = 4 * (frame.contributingSources?.length ?? 0);
    // A repair has headers of its own, and those of what it protects within.
    const repair = this.protection.isNeeded
      ? REPAIR_OVERHEAD + sizeOf(nameElements(this.name, headers.ids)) + STAMP_SIZE
      : 0;
    return maxPacketSize - RTP_HEADER_LENGTH - extension - STAMP_SIZE - RTX_OVERHEAD - csrcs -
      repair;
  }
}

/** Bytes of a header extension with these elements (RFC 8285 section 4.2). */
function sizeOf(elements: readonly ExtensionElement[]): number {
  if (elements.length === 0) return 0;
  return 4 + (elements.reduce((sum, { data }) => sum + 2 + data.length, 3) & ~3);
}
