import { Writer } from "../core/wire/mod.ts";
import type { HeaderExtension } from "./header_extension.ts";

/** Bytes of an RTP header without CSRCs and extension. */
export const RTP_HEADER_LENGTH = 12;

/** The most contributing sources that a header has room for. */
export const MAX_CSRCS = 15;

/** Packets without CSRCs or padding, which nearly all are, share these. */
const NO_CSRCS: readonly number[] = Object.freeze([]);
const NO_BYTES: Uint8Array = new Uint8Array(0);

/** An RTP packet (RFC 3550 section 5.1). */
export interface RtpPacket {
  /** What the payload format makes of it: for video the last packet of a frame, for audio the first after a pause. */
  marker: boolean;
  /** Payload type, from 0 to 127. */
  payloadType: number;
  /** Sequence number, 16 bits. */
  sequenceNumber: number;
  /** RTP timestamp in units of the payload type's clock rate, 32 bits. */
  timestamp: number;
  /** Synchronization source, 32 bits. */
  ssrc: number;
  /** Contributing sources, at most 15. */
  csrcs: readonly number[];
  /** The header extension as it is on the wire, if there is one. */
  extension: HeaderExtension | undefined;
  /** The payload, without padding; parsed ones share the packet's memory. */
  payload: Uint8Array;
  /** The padding, whose last byte is its length; empty if there is none. */
  padding: Uint8Array;
}

/** What a packet is made from; the rest has defaults. */
export type RtpPacketInit =
  & Pick<RtpPacket, "payloadType" | "sequenceNumber" | "timestamp" | "ssrc">
  & Partial<RtpPacket>;

/** A packet from its essential fields: no marker, CSRCs, extension, payload or padding unless given. */
export function createRtpPacket(init: RtpPacketInit): RtpPacket {
  return {
    marker: init.marker ?? false,
    payloadType: init.payloadType,
    sequenceNumber: init.sequenceNumber,
    timestamp: init.timestamp,
    ssrc: init.ssrc,
    csrcs: init.csrcs ?? NO_CSRCS,
    extension: init.extension,
    payload: init.payload ?? NO_BYTES,
    padding: init.padding ?? NO_BYTES,
  };
}

/**
 * Reads an RTP packet (RFC 3550 section 5.1). Undefined if it is none: the version is wrong, or CSRCs, extension or padding do not fit in.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                           timestamp                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           synchronization source (SSRC) identifier            |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |            contributing source (CSRC) identifiers             |
 * /                              ....                             /
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |      defined by profile       |           length              |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                        header extension                       |
 * /                              ....                             /
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 *
 * @example
 * ```ts
 * import { createRtpPacket, parseRtpPacket, serializeRtpPacket } from "@heron/webrtc/rtp";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = serializeRtpPacket(createRtpPacket({
 *   payloadType: 111,
 *   sequenceNumber: 7,
 *   timestamp: 960,
 *   ssrc: 0xdeadbeef,
 *   payload: Uint8Array.of(1, 2, 3),
 * }));
 * assertEquals(bytes.length, 15);
 * assertEquals(parseRtpPacket(bytes)?.sequenceNumber, 7);
 * assertEquals(parseRtpPacket(bytes.subarray(0, 11)), undefined);
 * ```
 */
export function parseRtpPacket(bytes: Uint8Array): RtpPacket | undefined {
  if (bytes.length < RTP_HEADER_LENGTH) return undefined;
  const first = bytes[0]!;
  if (first >> 6 !== 2) return undefined;
  const csrcCount = first & 0x0f;
  let at = RTP_HEADER_LENGTH + 4 * csrcCount;
  if (at > bytes.length) return undefined;
  let extension: HeaderExtension | undefined;
  if ((first & 0x10) !== 0) {
    if (at + 4 > bytes.length) return undefined;
    const length = 4 * get16(bytes, at + 2);
    if (at + 4 + length > bytes.length) return undefined;
    extension = { profile: get16(bytes, at), data: bytes.subarray(at + 4, at + 4 + length) };
    at += 4 + length;
  }
  let end = bytes.length;
  if ((first & 0x20) !== 0) {
    // RFC 3550 section 5.1: the last byte says how many bytes are padding, itself included.
    const count = bytes[end - 1]!;
    if (count === 0 || count > end - at) return undefined;
    end -= count;
  }
  return {
    marker: (bytes[1]! & 0x80) !== 0,
    payloadType: bytes[1]! & 0x7f,
    sequenceNumber: get16(bytes, 2),
    timestamp: get32(bytes, 4),
    ssrc: get32(bytes, 8),
    csrcs: csrcCount === 0 ? NO_CSRCS : readCsrcs(bytes, csrcCount),
    extension,
    payload: bytes.subarray(at, end),
    padding: end === bytes.length ? NO_BYTES : bytes.subarray(end),
  };
}

/** Bytes that a packet takes on the wire. */
export function rtpPacketSize(packet: RtpPacket): number {
  const { csrcs, extension, payload, padding } = packet;
  return RTP_HEADER_LENGTH + 4 * csrcs.length + extensionSize(extension) + payload.length +
    padding.length;
}

/** Writes a packet. Throws a RangeError if it has more than 15 CSRCs or an extension that is no multiple of four bytes. */
export function writeRtpPacket(writer: Writer, packet: RtpPacket): void {
  const { csrcs, extension, padding } = packet;
  if (csrcs.length > MAX_CSRCS) throw new RangeError(`${csrcs.length} CSRCs: at most 15`);
  writer.u8(
    0x80 | (padding.length > 0 ? 0x20 : 0) | (extension === undefined ? 0 : 0x10) | csrcs.length,
  );
  writer.u8((packet.marker ? 0x80 : 0) | packet.payloadType & 0x7f);
  writer.u16(packet.sequenceNumber);
  writer.u32(packet.timestamp);
  writer.u32(packet.ssrc);
  for (const csrc of csrcs) writer.u32(csrc);
  if (extension !== undefined) writeExtension(writer, extension);
  writer.bytes(packet.payload);
  writer.bytes(padding);
}

/** A packet as a datagram of its own. */
export function serializeRtpPacket(packet: RtpPacket): Uint8Array<ArrayBuffer> {
  const writer = new Writer(rtpPacketSize(packet));
  writeRtpPacket(writer, packet);
  return writer.finish();
}

/** Padding of so many bytes, from 1 to 255: zeros, and their number last (RFC 3550 section 5.1). */
export function rtpPadding(length: number): Uint8Array<ArrayBuffer> {
  if (!(length >= 1 && length <= 255)) throw new RangeError(`Padding of ${length} bytes`);
  const padding = new Uint8Array(length);
  padding[length - 1] = length;
  return padding;
}

function extensionSize(extension: HeaderExtension | undefined): number {
  return extension === undefined ? 0 : 4 + extension.data.length;
}

function writeExtension(writer: Writer, extension: HeaderExtension): void {
  const { profile, data } = extension;
  if (data.length % 4 !== 0 || data.length > 4 * 0xffff) {
    throw new RangeError(`A header extension of ${data.length} bytes`);
  }
  writer.u16(profile);
  writer.u16(data.length / 4);
  writer.bytes(data);
}

function readCsrcs(bytes: Uint8Array, count: number): number[] {
  const csrcs: number[] = [];
  for (let i = 0; i < count; i++) csrcs.push(get32(bytes, RTP_HEADER_LENGTH + 4 * i));
  return csrcs;
}

function get16(bytes: Uint8Array, at: number): number {
  return bytes[at]! << 8 | bytes[at + 1]!;
}

function get32(bytes: Uint8Array, at: number): number {
  return (get16(bytes, at) << 16 | get16(bytes, at + 2)) >>> 0;
}
