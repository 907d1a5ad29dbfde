import type { Millis } from "../../../core/stage/mod.ts";
import { diff32 } from "../../../core/wire/mod.ts";
import type { RtpPacket } from "../../packet.ts";
import {
  type Depacketizer,
  depacketizerFor,
  type EncodedFrame,
  type KeyEvent,
  RedDepacketizer,
  type RedDescriptor,
  TelephoneEventReceiver,
} from "../../payload/mod.ts";
import type { BufferedItem, RemoteClock } from "../../reception/mod.ts";
import { unixMillisFromNtp } from "../../rtcp/mod.ts";
import type { FrameDependencies, FrameMetadata, InboundFrame } from "../items.ts";
import type { ExtensionIds, RtpFormat } from "../parameters.ts";
import { CaptureClock, type Captured } from "./capture_clock.ts";
import { DecodableFrames } from "./decodable_frames.ts";
import { DependencyReader } from "./frame_dependencies.ts";
import { metadataOf } from "./packet_extensions.ts";
import type { Reading } from "./reading.ts";
import { UnwrappedClock } from "./unwrapped_clock.ts";

/** Layers of a picture that are told apart: as many as a structure can have decode targets (AV1 RTP specification section A.8.2). */
const MAX_LAYERS = 32;

/** A frame without what only its stream knows. */
export type OutputFrame = Omit<InboundFrame, "type" | "mid" | "ssrc" | "rid">;

/** What comes of packets in sequence. */
export interface FrameOutputs {
  readonly frames: OutputFrame[];
  readonly keys: { readonly key: KeyEvent; readonly clockRate: number }[];
}

/** What packets are to be understood by. */
export interface Known extends Reading {
  readonly clock: RemoteClock | undefined;
  /** How long they are held. */
  readonly delay: Millis;
}

/**
 * Makes frames of the packets of one stream, codec by codec. Of video, what refers to a lost frame is left out until a key frame comes,
 * for nothing that can't be decoded should reach a recorder or another peer.
 */
export class FrameOutput {
  readonly #video: boolean;
  readonly #clock = new UnwrappedClock();
  readonly #capture = new CaptureClock();
  readonly #depacketizers = new Map<number, Depacketizer>();
  readonly #telephoneEvents = new TelephoneEventReceiver();
  /** Metadata of the frames that are not whole yet: that of their latest packet which has any. */
  #metadata: FrameMetadata = {};
  #metadataOf: number | undefined;
  readonly #reader = new DependencyReader();
  /** What the frames of that picture tell of themselves: of each of its layers one. */
  #layers: FrameDependencies[] = [];
  /** Those of the picture before, which ends here if it had no marker. */
  #earlier: { readonly timestamp: number | undefined; readonly layers: FrameDependencies[] } = {
    timestamp: undefined,
    layers: [],
  };
  readonly #decodable = new DecodableFrames();
  /** Whether the last frame told what it needs. */
  #isTold = false;
  /** Whether something has been lost since the last frame, which may or may not be needed. */
  #isUnsure = false;
  /** When the first packet of that timestamp arrived. */
  #firstArrival: Millis = 0;
  #payloadType: number | undefined;
  #waits: boolean;
  #received = 0;
  #keyFrames = 0;
  #undecodable = 0;
  #several = 0;

  constructor(kind: "audio" | "video") {
    this.#video = kind === "video";
    this.#waits = this.#video;
  }

  /** Whether nothing can be decoded before a key frame comes. */
  get waitsForKeyFrame(): boolean {
    return this.#waits;
  }

  /** Frames that came in whole. */
  get framesReceived(): number {
    return this.#received;
  }

  /** Those of them that need no other. */
  get keyFrames(): number {
    return this.#keyFrames;
  }

  /** Those that took several packets and could be decoded. */
  get framesOfSeveralPackets(): number {
    return this.#several;
  }

  /** Those of them that were left out, since what they refer to is missing. */
  get framesUndecodable(): number {
    return this.#undecodable;
  }

  /** The payload type of the last frame. */
  get payloadType(): number | undefined {
    return this.#payloadType;
  }

  /** When something was captured, as a packet has told it last. */
  get captured(): Captured | undefined {
    return this.#capture.last;
  }

  /** Bytes of memory that it has for frames that are not whole yet. */
  get held(): number {
    let held = 0;
    for (const depacketizer of this.#depacketizers.values()) held += depacketizer.held;
    return held;
  }

  /** Gives up the frames that are not whole yet. */
  abandon(): void {
    this.#depacketizers.clear();
    this.#lost();
  }

  /** Takes what a jitter buffer gives. */
  push(items: readonly BufferedItem[], known: Known): FrameOutputs {
    const out: FrameOutputs = { frames: [], keys: [] };
    for (const item of items) {
      if (item.type === "gap") this.#lost();
      else this.#packet(item.packet, item.arrival, known, out);
    }
    return out;
  }

  #packet(packet: RtpPacket, arrival: Millis, known: Known, out: FrameOutputs): void {
    if (packet.payload.length === 0) return; // padding, or a repair
    const format = known.formats.get(packet.payloadType);
    if (format === undefined) return;
    const role = known.formats.role(packet.payloadType);
    if (role === "telephone-event") {
      const { clockRate } = format;
      out.keys.push(...this.#telephoneEvents.push(packet).map((key) => ({ key, clockRate })));
      return;
    }
    if (role === "comfort-noise") return; // RFC 3389: the decoder's own noise does as well
    this.#note(packet, arrival, known.extensions);
    const depacketizer = this.#depacketizerOf(format, role === "red");
    if (depacketizer === undefined) return;
    const dropped = depacketizer.discards.total;
    const frames = depacketizer.push(packet);
    if (depacketizer.discards.total !== dropped) this.#lost();
    for (const frame of frames) {
      const inner = role === "red" ? (frame.descriptor as RedDescriptor).payloadType : undefined;
      const own = inner === undefined ? format : known.formats.get(inner);
      if (own !== undefined) this.#frame(frame, own, arrival, known, out);
    }
  }

  #note(packet: RtpPacket, arrival: Millis, extensions: ExtensionIds): void {
    if (packet.timestamp !== this.#metadataOf) {
      this.#metadata = {};
      this.#earlier = { timestamp: this.#metadataOf, layers: this.#layers };
      this.#layers = [];
      this.#firstArrival = arrival;
    }
    this.#metadataOf = packet.timestamp;
    this.#firstArrival = Math.min(this.#firstArrival, arrival);
    if (packet.extension === undefined && packet.csrcs.length === 0) return;
    this.#metadata = { ...this.#metadata, ...metadataOf(packet, extensions) };
    const layer = this.#video ? this.#reader.read(packet, extensions) : undefined;
    if (layer !== undefined && this.#layers.length < MAX_LAYERS) this.#layers.push(layer);
  }

  #lost(): void {
    if (!this.#video) return;
    if (this.#isTold) this.#isUnsure = true;
    else this.#waits = true;
  }

  #depacketizerOf({ payloadType, mimeType }: RtpFormat, isRed: boolean): Depacketizer | undefined {
    let depacketizer = this.#depacketizers.get(payloadType);
    if (depacketizer !== undefined) return depacketizer;
    depacketizer = isRed ? new RedDepacketizer() : depacketizerFor(mimeType);
    if (depacketizer !== undefined) this.#depacketizers.set(payloadType, depacketizer);
    return depacketizer;
  }

  #frame(
    frame: EncodedFrame,
    { payloadType, mimeType, clockRate }: RtpFormat,
    receiveTime: Millis,
    { clock, delay }: Known,
    out: FrameOutputs,
  ): void {
    const { data, keyFrame, timestamp: rtpTimestamp, descriptor } = frame;
    this.#received++;
    if (keyFrame) this.#keyFrames++;
    // A codec can be changed at a key frame only.
    if (payloadType !== this.#payloadType) this.#waitForKeyFrame();
    this.#payloadType = payloadType;
    const isLatest = rtpTimestamp === this.#metadataOf;
    const firstReceiveTime = isLatest ? this.#firstArrival : receiveTime;
    const timestamp = this.#clock.microsOf(rtpTimestamp, clockRate, firstReceiveTime);
    const layers = isLatest ? this.#layers : this.#layersBefore(rtpTimestamp);
    if (this.#video && !this.#isDecodable(layers, keyFrame)) {
      this.#undecodable++;
      return;
    }
    if (frame.firstSequence !== frame.lastSequence) this.#several++;
    const metadata = isLatest ? this.#metadata : {};
    // The lowest layer speaks for the whole picture.
    const [dependencies] = layers;
    const [source = 0] = metadata.contributingSources ?? [];
    const captureTime = this.#capture.of(metadata.captureTime, source, rtpTimestamp, clockRate);
    const senderTime = clock && senderTimeOf(clock, rtpTimestamp, clockRate);
    out.frames.push({
      ...metadata,
      ...(captureTime !== undefined && { captureTime }),
      ...(senderTime !== undefined && { senderTime }),
      ...(dependencies !== undefined && { dependencies }),
      ...{ payloadType, mimeType, data, keyFrame, rtpTimestamp, timestamp },
      ...{ receiveTime, firstReceiveTime, delay },
      sequenceNumber: frame.firstSequence,
      descriptor,
    });
  }

  #layersBefore(timestamp: number): readonly FrameDependencies[] {
    return timestamp === this.#earlier.timestamp ? this.#earlier.layers : [];
  }

  #waitForKeyFrame(): void {
    this.#waits = this.#video;
    this.#decodable.clear();
  }

  /** What nobody needs may be missing; without word of that, everything is needed. */
  #isDecodable(layers: readonly FrameDependencies[], keyFrame: boolean): boolean {
    this.#isTold = layers.length > 0;
    const isDecodable = this.#isTold
      ? this.#decodable.take(layers, keyFrame)
      : keyFrame || !(this.#waits || this.#isUnsure);
    if (isDecodable) this.#waits = this.#isUnsure = false;
    // Higher layers in time are not needed by those that follow in lower ones.
    else if ((layers[0]?.temporalId ?? 0) === 0) this.#waits = true;
    return isDecodable;
  }
}

/** The sender's wall clock at an RTP timestamp (RFC 3550 section 6.4.1), in milliseconds since 1970. */
export function senderTimeOf(
  { ntpTimestamp, rtpTimestamp }: RemoteClock,
  timestamp: number,
  clockRate: number,
): number {
  return unixMillisFromNtp(ntpTimestamp) + diff32(timestamp, rtpTimestamp) * 1000 / clockRate;
}
