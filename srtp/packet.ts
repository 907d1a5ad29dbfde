import type { PacketKind } from "./key_derivation.ts";

/** A plain packet, as it is above an `SrtpEndpoint`. */
export interface SrtpPacket {
  /** Whether it is of RTP, or a compound packet of RTCP. */
  readonly kind: PacketKind;
  /** The whole packet, header included. */
  readonly data: Uint8Array;
}

/** No UDP datagram carries more. */
export const MAX_PACKET_LENGTH = 65_507;
/** Bytes of an RTP header without CSRCs and extension. */
const RTP_HEADER_LENGTH = 12;
/** What stands in the clear of an RTCP packet: the first header and the sender's SSRC (RFC 3711 section 3.4). */
export const RTCP_CLEAR_LENGTH = 8;

/** RFC 5761 section 4: RTCP packet types are 192 to 223, which payload types with a marker bit must keep clear of. */
export function kindOf(packet: Uint8Array): PacketKind {
  const type = packet[1] ?? 0;
  return type >= 192 && type <= 223 ? "rtcp" : "rtp";
}

/**
 * The length of an RTP header (RFC 3550 section 5.1): what stays in the clear. Undefined if that is malformed.
 *
 * ```text
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                           timestamp                           |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                             SSRC                              |
 *   +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 *   |                     CSRC (CC of them) ...                     |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |    extension's profile (if X) |    its length in words        |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                         extension ...                         |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 *
 * @param end where header and payload end: the tag is no part of either
 */
export function rtpHeaderLength(packet: Uint8Array, end: number): number | undefined {
  if (end < RTP_HEADER_LENGTH || !isVersion2(packet)) return undefined;
  let length = RTP_HEADER_LENGTH + 4 * (packet[0]! & 0x0f);
  if ((packet[0]! & 0x10) !== 0) {
    if (length + 4 > end) return undefined;
    length += 4 + 4 * u16(packet, length + 2);
  }
  return length <= end ? length : undefined;
}

/** The sequence number of an RTP packet. */
export function sequenceNumberOf(packet: Uint8Array): number {
  return u16(packet, 2);
}

/** The SSRC of an RTP packet. */
export function ssrcOf(packet: Uint8Array): number {
  return u32(packet, 8);
}

/** The SSRC of whom a compound RTCP packet is from. */
export function rtcpSsrcOf(packet: Uint8Array): number {
  return u32(packet, 4);
}

/** Whether this is version 2, the only one (RFC 3550 sections 5.1 and 6.4.1). */
export function isVersion2(packet: Uint8Array): boolean {
  return packet[0]! >>> 6 === 2;
}

/** An unsigned integer of two bytes. */
function u16(bytes: Uint8Array, at: number): number {
  return bytes[at]! << 8 | bytes[at + 1]!;
}

/** An unsigned integer of four bytes. */
export function u32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24 | bytes[at + 1]! << 16 | bytes[at + 2]! << 8 | bytes[at + 3]!) >>> 0;
}

/** Writes an unsigned integer of four bytes. */
export function setU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
