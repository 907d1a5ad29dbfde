import type { Reader, Writer } from "../../core/wire/mod.ts";

/** What became of a packet: the symbols of draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1.1. */
export const PacketStatus = {
  NOT_RECEIVED: 0,
  /** Received, with a delta that fits in one byte. */
  SMALL_DELTA: 1,
  /** Received, with a negative delta or one that takes two bytes. */
  LARGE_DELTA: 2,
  /** Reserved; some implementations say "received" with it. It has no delta. */
  RESERVED: 3,
} as const;

const MAX_RUN = 0x1fff;
const ONE_BIT_SYMBOLS = 14;
const TWO_BIT_SYMBOLS = 7;

/**
 * Reads packet chunks until there are statuses for `statuses.length` packets; the reader fails if chunks run out first.
 *
 * ```text
 *  0                   1
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |0| S |       Run Length        |   run length chunk
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |1|0|       14 symbols          |   status vector chunk of one bit each
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |1|1|   7 symbols of two bits   |   status vector chunk of two bits each
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function readChunks(reader: Reader, statuses: Uint8Array): void {
  for (let at = 0; at < statuses.length && reader.ok;) {
    const chunk = reader.u16();
    if (chunk >> 15 === 0) {
      const end = at + (chunk & MAX_RUN);
      statuses.fill(chunk >> 13, at, end);
      at = end;
    } else if ((chunk & 0x4000) === 0) {
      for (let bit = ONE_BIT_SYMBOLS - 1; bit >= 0 && at < statuses.length; bit--) {
        statuses[at++] = chunk >> bit & 1;
      }
    } else {
      for (let bit = 2 * TWO_BIT_SYMBOLS - 2; bit >= 0 && at < statuses.length; bit -= 2) {
        statuses[at++] = chunk >> bit & 3;
      }
    }
  }
}

/** Writes statuses as chunks: runs where they are long, else vectors of one bit where they do, else of two. */
export function writeChunks(writer: Writer, statuses: Uint8Array): void {
  for (let at = 0; at < statuses.length;) {
    const run = runLength(statuses, at);
    if (run >= ONE_BIT_SYMBOLS || at + run === statuses.length) {
      writer.u16(statuses[at]! << 13 | run);
      at += run;
    } else if (fitsOneBit(statuses, at)) {
      writer.u16(0x8000 | symbols(statuses, at, ONE_BIT_SYMBOLS, 1));
      at += ONE_BIT_SYMBOLS;
    } else if (run >= TWO_BIT_SYMBOLS) {
      writer.u16(statuses[at]! << 13 | run);
      at += run;
    } else {
      writer.u16(0xc000 | symbols(statuses, at, TWO_BIT_SYMBOLS, 2));
      at += TWO_BIT_SYMBOLS;
    }
  }
}

function runLength(statuses: Uint8Array, start: number): number {
  const limit = Math.min(statuses.length, start + MAX_RUN);
  let at = start + 1;
  while (at < limit && statuses[at] === statuses[start]) at++;
  return at - start;
}

function fitsOneBit(statuses: Uint8Array, start: number): boolean {
  const end = Math.min(statuses.length, start + ONE_BIT_SYMBOLS);
  for (let at = start; at < end; at++) {
    if (statuses[at]! > 1) return false;
  }
  return true;
}

/** Symbols side by side; those beyond the end are zero. */
function symbols(statuses: Uint8Array, start: number, count: number, width: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) value = value << width | (statuses[start + i] ?? 0);
  return value;
}
