import { Reader } from "../../core/wire/mod.ts";
import { buildChunk, ChunkType } from "./chunk.ts";

/** Bytes of a FORWARD-TSN without streams. */
export const FORWARD_TSN_HEADER_LENGTH = 8;

/** An ordered message that was given up: the last of its stream that the receiver must not wait for. */
export interface SkippedMessage {
  /** The stream. */
  readonly streamId: number;
  /** Stream sequence number. */
  readonly ssn: number;
}

/** A FORWARD-TSN. */
export interface ForwardTsnChunk {
  /** Every TSN up to this one counts as received. */
  readonly newCumulativeTsn: number;
  /** Ordered messages among those that were given up, the highest of each stream. */
  readonly skipped: readonly SkippedMessage[];
}

/**
 * FORWARD-TSN (RFC 3758 section 3.2).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Type = 192   |  Flags = 0x00 |        Length = Variable      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                      New Cumulative TSN                       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |         Stream-1              |       Stream Sequence-1       |
 * /                              ...                              /
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function buildForwardTsn(chunk: ForwardTsnChunk): Uint8Array<ArrayBuffer> {
  return buildChunk(ChunkType.FORWARD_TSN, 0, (writer) => {
    writer.u32(chunk.newCumulativeTsn);
    for (const { streamId, ssn } of chunk.skipped) {
      writer.u16(streamId);
      writer.u16(ssn);
    }
  });
}

/** Reads the value of a FORWARD-TSN. */
export function parseForwardTsn(value: Uint8Array): ForwardTsnChunk | undefined {
  const reader = new Reader(value);
  const newCumulativeTsn = reader.u32();
  const skipped: SkippedMessage[] = [];
  while (reader.remaining > 0) skipped.push({ streamId: reader.u16(), ssn: reader.u16() });
  return reader.ok ? { newCumulativeTsn, skipped } : undefined;
}
