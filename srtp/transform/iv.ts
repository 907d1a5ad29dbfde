/**
 * Fills an initialization vector: the salt, XORed with the SSRC and with the 48 bits of the index right behind it.
 *
 * ```text
 *   AES-CM  (RFC 3711 section 4.1.1)            AES-GCM (RFC 7714 sections 8.1 and 9.1)
 *    0       4       8           14  16          0   2       6           12
 *   +-------+-------+-----------+---+           +---+-------+-----------+
 *   |   0   | SSRC  |   index   | 0 |           | 0 | SSRC  |   index   |
 *   +-------+-------+-----------+---+           +---+-------+-----------+
 *   |            salt           | 0 |           |          salt         |
 *   +---------------------------+---+           +-----------------------+
 * ```
 *
 * @param ssrcAt where the SSRC stands
 */
export function fillIv(
  iv: Uint8Array,
  salt: Uint8Array,
  ssrcAt: number,
  ssrc: number,
  index: number,
): void {
  iv.set(salt);
  xorU32(iv, ssrcAt, ssrc);
  const high = Math.floor(index / 2 ** 32);
  iv[ssrcAt + 4]! ^= high >>> 8;
  iv[ssrcAt + 5]! ^= high;
  xorU32(iv, ssrcAt + 6, index);
}

function xorU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at]! ^= value >>> 24;
  bytes[at + 1]! ^= value >>> 16;
  bytes[at + 2]! ^= value >>> 8;
  bytes[at + 3]! ^= value;
}
