/**
 * Big-endian fields at a known offset. The codecs of the hot path (DATA, SACK, the common header) use these on whole packets whose
 * lengths were checked once; every other codec goes through `Reader` and `Writer`.
 *
 * @module
 */

/** Reads two bytes. */
export function get16(bytes: Uint8Array, at: number): number {
  return bytes[at]! << 8 | bytes[at + 1]!;
}

/** Reads four bytes. */
export function get32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24 | bytes[at + 1]! << 16 | bytes[at + 2]! << 8 | bytes[at + 3]!) >>> 0;
}

/** Writes two bytes. */
export function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

/** Writes four bytes. */
export function put32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** `length` rounded up to a multiple of four (RFC 9260 section 3.2). */
export function padded(length: number): number {
  return (length + 3) & ~3;
}
