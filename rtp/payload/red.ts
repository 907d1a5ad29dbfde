import { Reader, Writer } from "../../core/wire/mod.ts";

/** How far back a redundant block can lie: 14 bits, in units of the RTP clock (RFC 2198 section 3). */
export const MAX_RED_OFFSET = 0x3fff;

/** The most bytes of a redundant block: 10 bits (RFC 2198 section 3). */
export const MAX_RED_LENGTH = 0x3ff;

/** The most blocks of a payload that are taken. Chromium sends at most 10. */
const MAX_BLOCKS = 32;

/** A block of a RED payload. */
export interface RedBlock {
  /** Payload type of what is in it. */
  readonly payloadType: number;
  /** How much older than the packet it is, in units of the RTP clock; 0 for the primary block. */
  readonly timestampOffset: number;
  /** What is in it. */
  readonly data: Uint8Array;
}

/**
 * The payload type of what RED carries, as its `a=fmtp` tells: the first in a text such as "111/111" (RFC 2198 section 5). Undefined if there
 * is none.
 */
export function redPrimary(fmtp: string | undefined): number | undefined {
  const first = /^\s*(\d{1,3})(?:\/\d{1,3})*\s*(?:;|$)/.exec(fmtp ?? "")?.[1];
  return first === undefined ? undefined : Number(first);
}

/**
 * Reads redundant audio: older blocks first, the primary one last. Undefined if lengths do not agree with the payload.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |F|   block PT  |  timestamp offset         |   block length    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |0|   block PT  |
 * +-+-+-+-+-+-+-+-+
 * ```
 */
export function parseRed(payload: Uint8Array): RedBlock[] | undefined {
  const reader = new Reader(payload);
  const headers: { payloadType: number; timestampOffset: number; length: number }[] = [];
  while ((reader.peek() & 0x80) !== 0) {
    if (headers.length === MAX_BLOCKS) return undefined;
    const payloadType = reader.u8() & 0x7f;
    const rest = reader.u24();
    headers.push({ payloadType, timestampOffset: rest >> 10, length: rest & MAX_RED_LENGTH });
  }
  const primary = reader.u8();
  const blocks: RedBlock[] = headers.map(({ payloadType, timestampOffset, length }) => ({
    payloadType,
    timestampOffset,
    data: reader.bytes(length),
  }));
  blocks.push({ payloadType: primary, timestampOffset: 0, data: reader.rest() });
  return reader.ok ? blocks : undefined;
}

/** Writes redundant audio. Throws a RangeError if there is no block or a redundant one is too old or too long. */
export function writeRed(blocks: readonly RedBlock[]): Uint8Array<ArrayBuffer> {
  const primary = blocks[blocks.length - 1];
  if (primary === undefined) throw new RangeError("RED without a block");
  const writer = new Writer();
  for (const { payloadType, timestampOffset, data } of blocks.slice(0, -1)) {
    if (timestampOffset > MAX_RED_OFFSET || data.length > MAX_RED_LENGTH) {
      throw new RangeError(`A redundant block of ${data.length} bytes, ${timestampOffset} ago`);
    }
    writer.u8(0x80 | payloadType);
    writer.u24(timestampOffset << 10 | data.length);
  }
  writer.u8(primary.payloadType & 0x7f);
  for (const { data } of blocks) writer.bytes(data);
  return writer.finish();
}
