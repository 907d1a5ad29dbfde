import { Writer } from "../../core/wire/mod.ts";
import { padded } from "./bytes.ts";

/** Chunk types (RFC 9260 section 3.2, RFC 6525 section 3.1, RFC 3758 section 3.2). */
export const ChunkType = {
  DATA: 0,
  INIT: 1,
  INIT_ACK: 2,
  SACK: 3,
  HEARTBEAT: 4,
  HEARTBEAT_ACK: 5,
  ABORT: 6,
  SHUTDOWN: 7,
  SHUTDOWN_ACK: 8,
  ERROR: 9,
  COOKIE_ECHO: 10,
  COOKIE_ACK: 11,
  SHUTDOWN_COMPLETE: 14,
  RE_CONFIG: 130,
  FORWARD_TSN: 192,
} as const;

/** Type, flags and length of a chunk. */
export const CHUNK_HEADER_LENGTH = 4;

/** The T bit of ABORT and SHUTDOWN COMPLETE: the verification tag is the receiver's own, reflected (RFC 9260 section 8.5.1). */
export const FLAG_TAG_REFLECTED = 0x01;

/**
 * One chunk, padded, ready to be put into a packet (RFC 9260 section 3.2).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Chunk Type   |  Chunk Flags  |         Chunk Length          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * /                          Chunk Value                          /
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function buildChunk(
  type: number,
  flags = 0,
  writeValue: (writer: Writer) => void = () => {},
): Uint8Array<ArrayBuffer> {
  const writer = new Writer(64);
  writer.u8(type);
  writer.u8(flags);
  writer.u16(0);
  writeValue(writer);
  // The length leaves out the chunk's own padding, but not that inside its value (RFC 9260 section 3.2).
  writer.patchU16(2, writer.length);
  writer.zeros(padded(writer.length) - writer.length);
  return writer.finish();
}

/** What to do with a chunk or parameter of unknown type: its two highest bits say (RFC 9260 sections 3.2 and 3.2.1). */
export interface UnknownRule {
  /** Whether what follows is still processed. */
  readonly skip: boolean;
  /** Whether the sender is told. */
  readonly report: boolean;
}

/** The rule in the two highest bits of a chunk type (8 bits) or a parameter type (16 bits). */
export function unknownRule(type: number, bits: 8 | 16): UnknownRule {
  const top = type >>> (bits - 2);
  return { skip: (top & 2) !== 0, report: (top & 1) !== 0 };
}
