const POLYNOMIAL = 0xedb88320; // that of ITU V.42, reflected

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? value >>> 1 ^ POLYNOMIAL : value >>> 1;
  return value;
});

/** The CRC-32 that FINGERPRINT is made of (RFC 8489 section 14.7). */
export function crc32(bytes: Uint8Array): number {
  let value = 0xffff_ffff;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 0xff]! ^ value >>> 8;
  return ~value >>> 0;
}
