import { get16, get32, put16, put32 } from "./bytes.ts";
import { ChunkType } from "./chunk.ts";

/** Bytes of a SACK without gap blocks and duplicates. */
export const SACK_HEADER_LENGTH = 16;

/**
 * A SACK as it lies in its packet (RFC 9260 section 3.3.4). One object serves for every SACK that is read.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   Type = 3    |  Chunk Flags  |         Chunk Length          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                      Cumulative TSN Ack                       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |          Advertised Receiver Window Credit (a_rwnd)           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | Number of Gap Ack Blocks = N  |  Number of Duplicate TSNs = M |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   Gap Ack Block #1 Start      |    Gap Ack Block #1 End       |
 * /                              ...                              /
 * |                       Duplicate TSN 1                         |
 * /                              ...                              /
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export class SackChunk {
  /** Every TSN up to this one has arrived. */
  cumulativeTsnAck = 0;
  /** Bytes that the receiver has room for. */
  aRwnd = 0;
  /** How many gap blocks there are. */
  gapCount = 0;
  /** How many duplicates are reported. */
  duplicateCount = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #gaps = 0;

  /** Reads the chunk at `start`, whose value ends at `end`; false if its counts do not agree with its length. */
  parse(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < SACK_HEADER_LENGTH) return false;
    this.gapCount = get16(bytes, start + 12);
    this.duplicateCount = get16(bytes, start + 14);
    const length = SACK_HEADER_LENGTH + 4 * (this.gapCount + this.duplicateCount);
    if (end - start !== length) return false;
    this.cumulativeTsnAck = get32(bytes, start + 4);
    this.aRwnd = get32(bytes, start + 8);
    this.#bytes = bytes;
    this.#gaps = start + SACK_HEADER_LENGTH;
    return true;
  }

  /** First TSN of a gap block, as an offset from the cumulative one. */
  gapStart(index: number): number {
    return get16(this.#bytes, this.#gaps + 4 * index);
  }

  /** Last TSN of a gap block, as an offset from the cumulative one. */
  gapEnd(index: number): number {
    return get16(this.#bytes, this.#gaps + 4 * index + 2);
  }

  /** A TSN that arrived more than once. */
  duplicate(index: number): number {
    return get32(this.#bytes, this.#gaps + 4 * (this.gapCount + index));
  }
}

/** Bytes of a SACK with so many gap blocks and duplicates. */
export function sackSize(gapCount: number, duplicateCount: number): number {
  return SACK_HEADER_LENGTH + 4 * (gapCount + duplicateCount);
}

/** Writes a SACK at `at`. `gaps` holds starts and ends by turns. */
export function writeSack(
  bytes: Uint8Array,
  at: number,
  cumulativeTsnAck: number,
  aRwnd: number,
  gaps: Uint16Array,
  gapCount: number,
  duplicates: readonly number[],
): void {
  bytes[at] = ChunkType.SACK;
  bytes[at + 1] = 0;
  put16(bytes, at + 2, sackSize(gapCount, duplicates.length));
  put32(bytes, at + 4, cumulativeTsnAck);
  put32(bytes, at + 8, aRwnd);
  put16(bytes, at + 12, gapCount);
  put16(bytes, at + 14, duplicates.length);
  let next = at + SACK_HEADER_LENGTH;
  for (let i = 0; i < 2 * gapCount; i++, next += 2) put16(bytes, next, gaps[i]!);
  for (let i = 0; i < duplicates.length; i++, next += 4) put32(bytes, next, duplicates[i]!);
}
