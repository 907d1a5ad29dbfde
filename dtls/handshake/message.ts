import type { Reader } from "../../core/wire/mod.ts";

/** Bytes of the header of a handshake message. */
export const HANDSHAKE_HEADER_LENGTH = 12;

/** A part of a handshake message, possibly all of it, as one record carries it. */
export interface HandshakeFragment {
  /** One of `HandshakeType`. */
  readonly type: number;
  /** Bytes of the whole message, without its header. */
  readonly length: number;
  readonly messageSeq: number;
  readonly fragmentOffset: number;
  readonly content: Uint8Array;
}

/** A whole handshake message. */
export interface HandshakeMessage {
  readonly type: number;
  readonly messageSeq: number;
  readonly body: Uint8Array;
  /** Header and body as if the message had been sent in one fragment: what the transcript takes (RFC 6347 section 4.2.6). */
  readonly whole: Uint8Array;
}

/**
 * Reads one fragment (RFC 6347 section 4.2.2). A record may hold several.
 *
 * ```
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------+-----------------------------------------------+
 *  |    msg_type   |                    length                     |
 *  +---------------+---------------+-------------------------------+
 *  |          message_seq          |       fragment_offset ...     |
 *  +---------------+---------------+-------------------------------+
 *  |  ... offset   |                fragment_length                |
 *  +---------------+-----------------------------------------------+
 *  |  fragment_length bytes of the body, from fragment_offset on
 *  +---------------------------------------------------------------
 * ```
 *
 * Undefined for one that goes past its message or its record, and for an empty one of a message that is not empty.
 */
export function readFragment(reader: Reader): HandshakeFragment | undefined {
  const type = reader.u8();
  const length = reader.u24();
  const messageSeq = reader.u16();
  const fragmentOffset = reader.u24();
  const content = reader.bytes(reader.u24());
  if (!reader.ok || fragmentOffset + content.length > length) return undefined;
  if (content.length === 0 && length > 0) return undefined; // brings nothing, whatever it claims
  return { type, length, messageSeq, fragmentOffset, content };
}

/** Writes the header of a fragment. */
export function writeFragmentHeader(
  bytes: Uint8Array,
  type: number,
  length: number,
  messageSeq: number,
  fragmentOffset: number,
  fragmentLength: number,
): void {
  bytes[0] = type;
  writeU24(bytes, 1, length);
  bytes[4] = messageSeq >>> 8;
  bytes[5] = messageSeq & 0xff;
  writeU24(bytes, 6, fragmentOffset);
  writeU24(bytes, 9, fragmentLength);
}

function writeU24(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 16;
  bytes[at + 1] = value >>> 8 & 0xff;
  bytes[at + 2] = value & 0xff;
}

/** A message of our own, or one put together. */
export function handshakeMessage(
  type: number,
  messageSeq: number,
  body: Uint8Array,
): HandshakeMessage {
  const whole = new Uint8Array(HANDSHAKE_HEADER_LENGTH + body.length);
  writeFragmentHeader(whole, type, body.length, messageSeq, 0, body.length);
  whole.set(body, HANDSHAKE_HEADER_LENGTH);
  return { type, messageSeq, body: whole.subarray(HANDSHAKE_HEADER_LENGTH), whole };
}
