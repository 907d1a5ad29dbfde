/**
 * CRC32c (RFC 9260 appendix A, RFC 3720 section 12.1): the checksum of SCTP packets.
 *
 * @module
 */

/** The Castagnoli polynomial, bits reversed. */
const POLYNOMIAL = 0x82f63b78;

/** Eight tables of 256: table `k` advances a byte that is followed by `k` others. */
const TABLES = makeTables();

/**
 * The CRC32c of `bytes` from `start` up to `end`, an unsigned integer of 32 bits. SCTP sends its least significant byte first.
 *
 * Slicing-by-8: eight bytes a step, with one look-up for each.
 *
 * @example
 * ```ts
 * import { crc32c } from "@heron/webrtc/core";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(crc32c(new TextEncoder().encode("123456789")), 0xe3069283);
 * ```
 */
export function crc32c(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  const t = TABLES;
  let crc = -1;
  let at = start;
  for (const last = end - 8; at <= last; at += 8) {
    crc = t[0x700 | (crc ^ bytes[at]!) & 0xff]! ^
      t[0x600 | (crc >>> 8 ^ bytes[at + 1]!) & 0xff]! ^
      t[0x500 | (crc >>> 16 ^ bytes[at + 2]!) & 0xff]! ^
      t[0x400 | crc >>> 24 ^ bytes[at + 3]!]! ^
      t[0x300 | bytes[at + 4]!]! ^
      t[0x200 | bytes[at + 5]!]! ^
      t[0x100 | bytes[at + 6]!]! ^
      t[bytes[at + 7]!]!;
  }
  for (; at < end; at++) crc = t[(crc ^ bytes[at]!) & 0xff]! ^ crc >>> 8;
  return ~crc >>> 0;
}

/** Signed entries: V8 keeps those unboxed. */
function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc >>> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
    tables[byte] = crc;
  }
  for (let byte = 0; byte < 7 * 256; byte++) {
    const crc = tables[byte]!;
    tables[byte + 256] = tables[crc & 0xff]! ^ crc >>> 8;
  }
  return tables;
}
