import { HMAC_BLOCK, HMAC_INNER, HMAC_OUTER, MESSAGE, RESULT } from "./layout";
import { sha1, sha1Start, swap } from "./sha1";

const BLOCK: i32 = 64;

/** RFC 2104 section 4: from the key at HMAC_BLOCK, padded with zeros, what SHA-1 has of it after the first block, inner and outer. */
export function hmacSha1Key(): void {
  xorBlock(0x36);
  sha1Start(HMAC_INNER);
  sha1(HMAC_INNER, HMAC_BLOCK);
  xorBlock(0x36 ^ 0x5c);
  sha1Start(HMAC_OUTER);
  sha1(HMAC_OUTER, HMAC_BLOCK);
}

/** RFC 2104 section 2: the HMAC of the first `length` bytes of MESSAGE, to RESULT. What follows them is overwritten. */
export function hmacSha1(length: i32): void {
  copyState(HMAC_INNER);
  const end = padMessage(length);
  for (let block = MESSAGE; block < end; block += BLOCK) sha1(RESULT, block);
  outerBlock();
  copyState(HMAC_OUTER);
  sha1(RESULT, HMAC_BLOCK);
  v128.store(RESULT, swap(v128.load(RESULT)));
  store<u32>(RESULT, bswap(load<u32>(RESULT, 16)), 16);
}

function copyState(from: usize): void {
  v128.store(RESULT, v128.load(from));
  store<u32>(RESULT, load<u32>(from, 16), 16);
}

/** FIPS 180-4 section 5.1.1: a one bit, zeros, and how many bits there are, the key's block included. Returns where they end. */
function padMessage(length: i32): usize {
  const at = MESSAGE + length;
  store<u8>(at, 0x80);
  for (let zeros: usize = 1; zeros < 72; zeros += 16) v128.store(at + zeros, i8x16.splat(0));
  const end = MESSAGE + ((length + 8) & ~(BLOCK - 1)) + BLOCK;
  store<u64>(end - 8, bswap<u64>(8 * ((length + BLOCK) as u64)));
  return end;
}

/** The inner digest, padded: the one block that the outer hash has besides the key's. */
function outerBlock(): void {
  v128.store(HMAC_BLOCK, swap(v128.load(RESULT)));
  v128.store(HMAC_BLOCK, i32x4(bswap(load<u32>(RESULT, 16)), 0x80, 0, 0), 16);
  v128.store(HMAC_BLOCK, i8x16.splat(0), 32);
  v128.store(HMAC_BLOCK, i32x4(0, 0, 0, bswap(8 * (BLOCK + 20))), 48);
}

function xorBlock(pad: i8): void {
  for (let at = HMAC_BLOCK; at < HMAC_BLOCK + BLOCK; at += 16) {
    v128.store(at, v128.xor(v128.load(at), i8x16.splat(pad)));
  }
}
