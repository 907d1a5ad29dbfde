/**
 * The header of a DTLS 1.2 record (RFC 6347 section 4.1).
 *
 * ```
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------+-------------------------------+---------------+
 *  |  content type |            version            |   epoch ...   |
 *  +---------------+-------------------------------+---------------+
 *  |   ... epoch   |           sequence_number (48 bits) ...       |
 *  +---------------+-----------------------------------------------+
 *  |          ... sequence_number                  |   length ...  |
 *  +---------------+-------------------------------+---------------+
 *  |  ... length   |  fragment: plaintext in epoch 0, else:
 *  +---------------+-----------------------------------------------
 *  |  explicit nonce (8 bytes, GCM only) | ciphertext | tag (16)  |
 *  +---------------------------------------------------------------+
 * ```
 *
 * The path of data reads and writes these fields in place, without a cursor: it runs for every packet.
 *
 * @module
 */
import { DTLS_1_2 } from "../protocol.ts";

/** Bytes of a record header. */
export const RECORD_HEADER_LENGTH = 13;
/** Where epoch and sequence number stand, together 8 bytes: what nonces and additional data are made of. */
export const EPOCH_OFFSET = 3;
/** The longest plaintext of one record (RFC 5246 section 6.2.1). */
export const MAX_PLAINTEXT_LENGTH = 1 << 14;
/** Sequence numbers must not wrap (RFC 6347 section 4.1): this is the last one. */
export const MAX_SEQUENCE_NUMBER = 2 ** 48 - 1;

/** The epoch of the record that starts at `at`. */
export function recordEpoch(bytes: Uint8Array, at: number): number {
  return bytes[at + 3]! << 8 | bytes[at + 4]!;
}

/** The sequence number of the record that starts at `at`: below 2^48, so exact. */
export function recordSequenceNumber(bytes: Uint8Array, at: number): number {
  const high = bytes[at + 5]! << 8 | bytes[at + 6]!;
  const low = bytes[at + 7]! << 24 | bytes[at + 8]! << 16 | bytes[at + 9]! << 8 | bytes[at + 10]!;
  return high * 0x1_0000_0000 + (low >>> 0);
}

/** The length of what follows the header of the record that starts at `at`. */
export function recordLength(bytes: Uint8Array, at: number): number {
  return bytes[at + 11]! << 8 | bytes[at + 12]!;
}

/** Writes a record header at `at`; the version is that of DTLS 1.2 unless another is given. */
export function writeRecordHeader(
  bytes: Uint8Array,
  at: number,
  type: number,
  epoch: number,
  sequenceNumber: number,
  length: number,
  version: number = DTLS_1_2,
): void {
  const high = Math.floor(sequenceNumber / 0x1_0000_0000);
  const low = sequenceNumber >>> 0;
  bytes[at] = type;
  bytes[at + 1] = version >>> 8;
  bytes[at + 2] = version & 0xff;
  bytes[at + 3] = epoch >>> 8;
  bytes[at + 4] = epoch & 0xff;
  bytes[at + 5] = high >>> 8;
  bytes[at + 6] = high & 0xff;
  bytes[at + 7] = low >>> 24;
  bytes[at + 8] = low >>> 16 & 0xff;
  bytes[at + 9] = low >>> 8 & 0xff;
  bytes[at + 10] = low & 0xff;
  bytes[at + 11] = length >>> 8;
  bytes[at + 12] = length & 0xff;
}
