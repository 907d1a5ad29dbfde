import { STREAM } from "./layout";

/** FIPS 180-4 section 6.1.2: takes the block of 64 bytes at `block` into the five words at `state`. */
export function sha1(state: usize, block: usize): void {
  schedule(block);
  let a = load<u32>(state), b = load<u32>(state, 4), c = load<u32>(state, 8), d = load<u32>(state, 12);
  let e = load<u32>(state, 16);
  // Five rounds at a time: then every variable is back in its role, and nothing has been moved.
  let w = STREAM;
  for (; w < STREAM + 80; w += 20) {
    e += rotl(a, 5) + choose(b, c, d) + 0x5a827999 + load<u32>(w), b = rotl(b, 30);
    d += rotl(e, 5) + choose(a, b, c) + 0x5a827999 + load<u32>(w, 4), a = rotl(a, 30);
    c += rotl(d, 5) + choose(e, a, b) + 0x5a827999 + load<u32>(w, 8), e = rotl(e, 30);
    b += rotl(c, 5) + choose(d, e, a) + 0x5a827999 + load<u32>(w, 12), d = rotl(d, 30);
    a += rotl(b, 5) + choose(c, d, e) + 0x5a827999 + load<u32>(w, 16), c = rotl(c, 30);
  }
  for (; w < STREAM + 160; w += 20) {
    e += rotl(a, 5) + parity(b, c, d) + 0x6ed9eba1 + load<u32>(w), b = rotl(b, 30);
    d += rotl(e, 5) + parity(a, b, c) + 0x6ed9eba1 + load<u32>(w, 4), a = rotl(a, 30);
    c += rotl(d, 5) + parity(e, a, b) + 0x6ed9eba1 + load<u32>(w, 8), e = rotl(e, 30);
    b += rotl(c, 5) + parity(d, e, a) + 0x6ed9eba1 + load<u32>(w, 12), d = rotl(d, 30);
    a += rotl(b, 5) + parity(c, d, e) + 0x6ed9eba1 + load<u32>(w, 16), c = rotl(c, 30);
  }
  for (; w < STREAM + 240; w += 20) {
    e += rotl(a, 5) + majority(b, c, d) + 0x8f1bbcdc + load<u32>(w), b = rotl(b, 30);
    d += rotl(e, 5) + majority(a, b, c) + 0x8f1bbcdc + load<u32>(w, 4), a = rotl(a, 30);
    c += rotl(d, 5) + majority(e, a, b) + 0x8f1bbcdc + load<u32>(w, 8), e = rotl(e, 30);
    b += rotl(c, 5) + majority(d, e, a) + 0x8f1bbcdc + load<u32>(w, 12), d = rotl(d, 30);
    a += rotl(b, 5) + majority(c, d, e) + 0x8f1bbcdc + load<u32>(w, 16), c = rotl(c, 30);
  }
  for (; w < STREAM + 320; w += 20) {
    e += rotl(a, 5) + parity(b, c, d) + 0xca62c1d6 + load<u32>(w), b = rotl(b, 30);
    d += rotl(e, 5) + parity(a, b, c) + 0xca62c1d6 + load<u32>(w, 4), a = rotl(a, 30);
    c += rotl(d, 5) + parity(e, a, b) + 0xca62c1d6 + load<u32>(w, 8), e = rotl(e, 30);
    b += rotl(c, 5) + parity(d, e, a) + 0xca62c1d6 + load<u32>(w, 12), d = rotl(d, 30);
    a += rotl(b, 5) + parity(c, d, e) + 0xca62c1d6 + load<u32>(w, 16), c = rotl(c, 30);
  }
  store<u32>(state, load<u32>(state) + a);
  store<u32>(state, load<u32>(state, 4) + b, 4);
  store<u32>(state, load<u32>(state, 8) + c, 8);
  store<u32>(state, load<u32>(state, 12) + d, 12);
  store<u32>(state, load<u32>(state, 16) + e, 16);
}

/** FIPS 180-4 section 5.3.1: the initial hash value. */
export function sha1Start(state: usize): void {
  v128.store(state, i32x4(0x67452301, 0xefcdab89 as i32, 0x98badcfe as i32, 0x10325476));
  store<u32>(state, 0xc3d2e1f0, 16);
}

/**
 * FIPS 180-4 section 6.1.2, step 1: the message schedule, 80 words at STREAM.
 *
 *     W[t] = ROTL 1 (W[t-3] ^ W[t-8] ^ W[t-14] ^ W[t-16])
 *
 * needs the word before last but one. From W[32] on this recurrence, put into itself, gives
 *
 *     W[t] = ROTL 2 (W[t-6] ^ W[t-16] ^ W[t-28] ^ W[t-32])
 *
 * which makes four words at a time.
 */
function schedule(block: usize): void {
  v128.store(STREAM, swap(v128.load(block)));
  v128.store(STREAM, swap(v128.load(block, 16)), 16);
  v128.store(STREAM, swap(v128.load(block, 32)), 32);
  v128.store(STREAM, swap(v128.load(block, 48)), 48);
  let w = STREAM;
  for (; w < STREAM + 64; w += 4) {
    store<u32>(w, rotl(load<u32>(w, 52) ^ load<u32>(w, 32) ^ load<u32>(w, 8) ^ load<u32>(w), 1), 64);
  }
  for (w = STREAM; w < STREAM + 192; w += 16) {
    const sum = v128.xor(
      v128.xor(v128.load(w, 104), v128.load(w, 64)),
      v128.xor(v128.load(w, 16), v128.load(w)),
    );
    v128.store(w, v128.or(i32x4.shl(sum, 2), i32x4.shr_u(sum, 30)), 128);
  }
}

/** Words from big-endian to the machine's order, or back. */
export function swap(words: v128): v128 {
  return i8x16.shuffle(words, words, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

function choose(x: u32, y: u32, z: u32): u32 {
  return z ^ (x & (y ^ z));
}

function parity(x: u32, y: u32, z: u32): u32 {
  return x ^ y ^ z;
}

function majority(x: u32, y: u32, z: u32): u32 {
  return (x & y) | (z & (x | y));
}
