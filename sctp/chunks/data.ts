import { get16, get32, padded, put16, put32 } from "./bytes.ts";
import { ChunkType } from "./chunk.ts";

/** Bytes of a DATA chunk before its user data. */
export const DATA_HEADER_LENGTH = 16;

/** E: the last fragment of a message. */
export const FLAG_END = 0x01;
/** B: the first fragment of a message. */
export const FLAG_BEGIN = 0x02;
/** U: unordered, so that the stream sequence number means nothing. */
export const FLAG_UNORDERED = 0x04;
/** I: the sender asks for a SACK at once. */
export const FLAG_IMMEDIATE = 0x08;

/**
 * A DATA chunk (RFC 9260 section 3.3.1). Mutable, so that one object serves for every chunk that is read.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   Type = 0    |  Res  |I|U|B|E|            Length             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                              TSN                              |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |       Stream Identifier       |    Stream Sequence Number     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                  Payload Protocol Identifier                  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * /                           User Data                           /
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export class DataChunk {
  /** I, U, B and E. */
  flags = 0;
  /** Transmission sequence number. */
  tsn = 0;
  /** The stream. */
  streamId = 0;
  /** Stream sequence number. */
  ssn = 0;
  /** Payload protocol identifier. */
  ppid = 0;
  /** The packet that has the user data. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Where in `bytes` the user data begins. */
  start = 0;
  /** Where it ends. */
  end = 0;

  /** Reads the chunk at `start`, whose value ends at `end`; false if it is too short to have user data. */
  parse(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start <= DATA_HEADER_LENGTH) return false;
    this.flags = bytes[start + 1]!;
    this.tsn = get32(bytes, start + 4);
    this.streamId = get16(bytes, start + 8);
    this.ssn = get16(bytes, start + 10);
    this.ppid = get32(bytes, start + 12);
    this.bytes = bytes;
    this.start = start + DATA_HEADER_LENGTH;
    this.end = end;
    return true;
  }

  /** Bytes of user data. */
  get length(): number {
    return this.end - this.start;
  }

  /** The user data, as a view of the packet. */
  get payload(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }
}

/** Writes the header of a DATA chunk with `length` bytes of user data at `at`. */
export function writeDataHeader(
  bytes: Uint8Array,
  at: number,
  flags: number,
  length: number,
  tsn: number,
  streamId: number,
  ssn: number,
  ppid: number,
): void {
  bytes[at] = ChunkType.DATA;
  bytes[at + 1] = flags;
  put16(bytes, at + 2, DATA_HEADER_LENGTH + length);
  put32(bytes, at + 4, tsn);
  put16(bytes, at + 8, streamId);
  put16(bytes, at + 10, ssn);
  put32(bytes, at + 12, ppid);
}

/** Bytes that a DATA chunk with `length` bytes of user data takes in a packet. */
export function dataChunkSize(length: number): number {
  return DATA_HEADER_LENGTH + padded(length);
}
