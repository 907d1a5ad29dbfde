import { construct, providedSlots } from "../../webidl/construct.ts";
import {
  boolean,
  dictionary,
  domString,
  enforcedOctet,
  requireArguments,
  sequence,
  unsignedLong,
} from "../../webidl/convert.ts";
import { defineInterface } from "../../webidl/interface.ts";
import { bufferSource, copyTo } from "./buffer_source.ts";
import {
  headerExtensionInit,
  type HeaderExtensionSlots,
  headerExtensionSlots,
  RTCRtpHeaderExtension,
  type RTCRtpHeaderExtensionInit,
} from "./rtc_rtp_header_extension.ts";

/** What a packet is made from. SSRC and sequence number are those of the stream by which it is sent. */
export interface RTCRtpPacketInit {
  /** What the payload format makes of it: for video, the last packet of a frame. False by default. */
  marker?: boolean;
  /** One that the other side takes: see the `codecs` of the sender's `getParameters()`. */
  payloadType: number;
  /** RTP timestamp, 32 bits, in units of the codec's clock rate. */
  timestamp: number;
  /** Contributing sources, at most 15; none by default. */
  csrcs?: number[];
  /** Those that were negotiated; MID, RID and what congestion control needs are the sender's to write. */
  headerExtensions?: RTCRtpHeaderExtensionInit[];
  /** The payload, which is copied. */
  payload: ArrayBufferLike | ArrayBufferView;
  /** Bytes of padding, 0 to 255; 0 by default. */
  paddingBytes?: number;
  /** Which encoding of the sender it is sent by; needed where there are several. */
  rid?: string;
}

/** The slots of a packet. */
export interface PacketSlots {
  readonly marker: boolean;
  readonly payloadType: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly csrcs: readonly number[];
  headerExtensions: readonly HeaderExtensionSlots[];
  readonly paddingBytes: number;
  readonly mid: string | null;
  readonly rid: string | null;
  readonly payload: Uint8Array;
  readonly receivedTime: number | null;
}

/** WebIDL `RTCRtpPacketInit`. */
export const packetInit = dictionary("RTCRtpPacketInit", {
  marker: { convert: boolean, default: () => false },
  payloadType: { convert: enforcedOctet, required: true },
  timestamp: { convert: unsignedLong, required: true },
  csrcs: { convert: sequence(unsignedLong), default: () => [] },
  headerExtensions: { convert: sequence(headerExtensionInit), default: () => [] },
  payload: { convert: bufferSource, required: true },
  paddingBytes: { convert: unsignedLong, default: () => 0 },
  rid: { convert: domString },
});

/** The slots of a packet. Throws a TypeError for anything else. */
export let packetSlots: (packet: RTCRtpPacket) => PacketSlots;

/**
 * An RTP packet (RFC 3550 section 5.1): one that was received, one that was made of a frame and is to be sent, or one that a script makes.
 *
 * @example
 * ```ts
 * import { RTCRtpPacket } from "@heron/webrtc/rtp-transport";
 * import { assertEquals } from "@std/assert";
 *
 * const packet = new RTCRtpPacket({ payloadType: 111, timestamp: 960, payload: Uint8Array.of(1, 2) });
 * const payload = new Uint8Array(packet.payloadByteLength);
 * packet.copyPayloadTo(payload);
 * assertEquals(payload, Uint8Array.of(1, 2));
 * ```
 */
export class RTCRtpPacket {
  static {
    packetSlots = (packet) => packet.#slots;
  }

  readonly #slots: PacketSlots;

  /** A packet to be sent. Throws a TypeError if something is missing, of the wrong type, or a payload type above 255. */
  constructor(init: RTCRtpPacketInit) {
    const provided = providedSlots<PacketSlots>();
    if (provided !== undefined) {
      this.#slots = provided;
      return;
    }
    const context = "RTCRtpPacket constructor";
    requireArguments(context, arguments.length, 1);
    this.#slots = slotsOfInit(init, context);
  }

  /** What the payload format makes of it: for video, that it is the last packet of a frame. */
  get marker(): boolean {
    return this.#slots.marker;
  }

  /** What is in it: an entry of the codecs in `getParameters()`. */
  get payloadType(): number {
    return this.#slots.payloadType;
  }

  /** Its number, 16 bits; 0 before it has been sent. */
  get sequenceNumber(): number {
    return this.#slots.sequenceNumber;
  }

  /** RTP timestamp, 32 bits. */
  get timestamp(): number {
    return this.#slots.timestamp;
  }

  /** The stream that it belongs to, 32 bits; 0 for one that a script has made. */
  get ssrc(): number {
    return this.#slots.ssrc;
  }

  /** Contributing sources. */
  get csrcs(): number[] {
    return [...this.#slots.csrcs];
  }

  /** Its header extensions. */
  get headerExtensions(): RTCRtpHeaderExtension[] {
    return this.#slots.headerExtensions.map((slots) => construct(RTCRtpHeaderExtension, slots));
  }

  /** Bytes of padding. */
  get paddingBytes(): number {
    return this.#slots.paddingBytes;
  }

  /** The section that it was received or made for; null for one that a script has made. */
  get mid(): string | null {
    return this.#slots.mid;
  }

  /** The layer of a simulcast, whether or not the packet itself says it; null if there is none. */
  get rid(): string | null {
    return this.#slots.rid;
  }

  /** Bytes of the payload. */
  get payloadByteLength(): number {
    return this.#slots.payload.length;
  }

  /** When it was received, on the clock of `performance.now()`; null if it was not. */
  get receivedTime(): number | null {
    return this.#slots.receivedTime;
  }

  /** Copies the payload. Throws a TypeError if `destination` has fewer bytes. */
  copyPayloadTo(destination: ArrayBufferLike | ArrayBufferView): void {
    const { payload } = this.#slots;
    requireArguments("RTCRtpPacket.copyPayloadTo", arguments.length, 1);
    copyTo(payload, destination, "RTCRtpPacket.copyPayloadTo");
  }

  /** Adds a header extension, in place of one with the same URI. */
  setHeaderExtension(extension: RTCRtpHeaderExtension | RTCRtpHeaderExtensionInit): void {
    const slots = this.#slots;
    const context = "RTCRtpPacket.setHeaderExtension";
    requireArguments(context, arguments.length, 1);
    const added = extension instanceof RTCRtpHeaderExtension
      ? headerExtensionSlots(extension)
      : headerExtensionSlots(new RTCRtpHeaderExtension(headerExtensionInit(extension, context)));
    const others = slots.headerExtensions.filter(({ uri }) => uri !== added.uri);
    slots.headerExtensions = [...others, added];
  }
}

defineInterface(RTCRtpPacket);

/** A packet as a script describes it. Throws a TypeError if it is none. */
export function slotsOfInit(init: unknown, context: string): PacketSlots {
  const { payload, headerExtensions, rid = null, ...fields } = packetInit(init, context);
  return {
    ...fields,
    ...{ sequenceNumber: 0, ssrc: 0, mid: null, rid, receivedTime: null },
    headerExtensions: headerExtensions.map(({ uri, value }) => ({ uri, value: value.slice() })),
    payload: payload.slice(),
  };
}
