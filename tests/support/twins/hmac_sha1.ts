/**
 * SHA-1 and HMAC as FIPS 180-4 and RFC 2104 write them down: what the kernels are held against.
 *
 * @module
 */
import { concat } from "../../../core/wire/bytes.ts";

const BLOCK_LENGTH = 64;

/** RFC 2104 section 2: H(K XOR opad, H(K XOR ipad, text)). */
export function hmacSha1(key: Uint8Array, text: Uint8Array): Uint8Array {
  const padded = new Uint8Array(BLOCK_LENGTH);
  padded.set(key.length > BLOCK_LENGTH ? sha1(key) : key);
  const ipad = padded.map((byte) => byte ^ 0x36), opad = padded.map((byte) => byte ^ 0x5c);
  return sha1(concat([opad, sha1(concat([ipad, text]))]));
}

/** FIPS 180-4 section 6.1. */
export function sha1(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = pad(message);
  let state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let at = 0; at < padded.length; at += BLOCK_LENGTH) {
    state = compress(state, new DataView(padded.buffer, at, BLOCK_LENGTH));
  }
  const digest = new DataView(new ArrayBuffer(20));
  state.forEach((word, i) => digest.setUint32(4 * i, word));
  return new Uint8Array(digest.buffer);
}

/** FIPS 180-4 section 5.1.1: a one bit, zeros, and the length in bits. */
function pad(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = new Uint8Array(Math.ceil((message.length + 9) / BLOCK_LENGTH) * BLOCK_LENGTH);
  padded.set(message);
  padded[message.length] = 0x80;
  new DataView(padded.buffer).setBigUint64(padded.length - 8, 8n * BigInt(message.length));
  return padded;
}

/** FIPS 180-4 section 6.1.2. */
function compress(state: number[], block: DataView): number[] {
  const w = Array.from({ length: 16 }, (_, t) => block.getUint32(4 * t));
  for (let t = 16; t < 80; t++) w.push(rotl(w[t - 3]! ^ w[t - 8]! ^ w[t - 14]! ^ w[t - 16]!, 1));
  let [a, b, c, d, e] = state as [number, number, number, number, number];
  for (let t = 0; t < 80; t++) {
    const next = (rotl(a, 5) + f(t, b, c, d) + e + K[Math.floor(t / 20)]! + w[t]!) >>> 0;
    [a, b, c, d, e] = [next, a, rotl(b, 30), c, d];
  }
  return [a, b, c, d, e].map((word, i) => (word + state[i]!) >>> 0);
}

/** FIPS 180-4 section 4.2.1. */
const K = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6];

/** FIPS 180-4 section 4.1.1. */
function f(t: number, x: number, y: number, z: number): number {
  if (t < 20) return (x & y) ^ (~x & z);
  if (t >= 40 && t < 60) return (x & y) ^ (x & z) ^ (y & z);
  return x ^ y ^ z;
}

function rotl(word: number, n: number): number {
  return ((word << n) | (word >>> (32 - n))) >>> 0;
}
