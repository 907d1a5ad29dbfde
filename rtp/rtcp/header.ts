import type { Reader, Writer } from "../../core/wire/mod.ts";

/** RTCP packet types. */
export const RtcpType = {
  /** Sender report (RFC 3550 section 6.4.1). */
  SR: 200,
  /** Receiver report (RFC 3550 section 6.4.2). */
  RR: 201,
  /** Source description (RFC 3550 section 6.5). */
  SDES: 202,
  /** Goodbye (RFC 3550 section 6.6). */
  BYE: 203,
  /** Application-defined (RFC 3550 section 6.7). */
  APP: 204,
  /** Transport layer feedback (RFC 4585 section 6.2). */
  RTPFB: 205,
  /** Payload-specific feedback (RFC 4585 section 6.3). */
  PSFB: 206,
  /** Extended report (RFC 3611 section 2). */
  XR: 207,
} as const;

/** Formats of transport layer feedback. */
export const TransportFeedbackFormat = {
  /** Generic NACK (RFC 4585 section 6.2.1). */
  NACK: 1,
  /** Congestion control feedback (RFC 8888 section 3.1). */
  CCFB: 11,
  /** Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1). */
  TWCC: 15,
} as const;

/** Formats of payload-specific feedback. */
export const PayloadFeedbackFormat = {
  /** Picture loss indication (RFC 4585 section 6.3.1). */
  PLI: 1,
  /** Full intra request (RFC 5104 section 4.3.1). */
  FIR: 4,
  /** Application layer feedback (RFC 4585 section 6.4), which REMB is. */
  AFB: 15,
} as const;

/**
 * One packet of a compound, taken apart as far as all have it in common (RFC 3550 section 6.4.1).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P| RC/FMT  |      PT       |             length            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export interface RtcpFrame {
  /** PT. */
  readonly packetType: number;
  /** How many items follow, or a subtype or format: 5 bits. */
  readonly count: number;
  /** What follows the header, without padding. */
  readonly body: Uint8Array;
  /** The same with padding. */
  readonly padded: Uint8Array;
}

/** Takes the next packet of a compound; undefined if its header, length or padding is wrong. */
export function readFrame(reader: Reader): RtcpFrame | undefined {
  const first = reader.u8();
  const packetType = reader.u8();
  const padded = reader.bytes(4 * reader.u16());
  if (!reader.ok || first >> 6 !== 2) return undefined;
  let body = padded;
  if ((first & 0x20) !== 0) {
    // Deviation: RFC 3550 section 6.4.1 has padding only in the last packet; libwebrtc pads transport feedback wherever it stands.
    const padding = padded[padded.length - 1] ?? 0;
    if (padding === 0 || padding % 4 !== 0 && packetType !== RtcpType.RTPFB) return undefined;
    if (padding > padded.length) return undefined;
    body = padded.subarray(0, padded.length - padding);
  }
  return { packetType, count: first & 0x1f, body, padded };
}

/**
 * Writes a packet whose body `write` writes. A body that is no multiple of four bytes is padded, and says so (RFC 3550 section 6.4.1).
 *
 * Throws a RangeError if `count` does not fit in five bits, or the body in 65535 words.
 */
export function writeFrame(
  writer: Writer,
  packetType: number,
  count: number,
  write: () => void,
): void {
  if (!(count >= 0 && count <= 31)) throw new RangeError(`${count} items in an RTCP packet`);
  const start = writer.length;
  writer.u16(0x8000 | count << 8 | packetType);
  writer.u16(0);
  write();
  const padding = -(writer.length - start) & 3;
  if (padding > 0) {
    writer.zeros(padding - 1);
    writer.u8(padding);
    writer.patchU16(start, 0xa000 | count << 8 | packetType);
  }
  const words = (writer.length - start) / 4 - 1;
  if (words > 0xffff) throw new RangeError(`An RTCP packet of ${words} words`);
  writer.patchU16(start + 2, words);
}
