/**
 * ChaCha20 and Poly1305 as RFC 8439 writes them down: what the kernels are held against. To be read, not to be quick, and not
 * constant in time.
 *
 * @module
 */
import { concat } from "../../../core/wire/bytes.ts";

/** RFC 8439 section 2.3: one block of 64 bytes of keystream. */
export function chacha20Block(key: Uint8Array, counter: number, nonce: Uint8Array): Uint8Array {
  const initial = Uint32Array.of(
    ...[0x61707865, 0x3320646e, 0x79622d32, 0x6b206574],
    ...words(key),
    counter,
    ...words(nonce),
  );
  const state = initial.slice();
  for (let i = 0; i < 10; i++) {
    quarterRound(state, 0, 4, 8, 12);
    quarterRound(state, 1, 5, 9, 13);
    quarterRound(state, 2, 6, 10, 14);
    quarterRound(state, 3, 7, 11, 15);
    quarterRound(state, 0, 5, 10, 15);
    quarterRound(state, 1, 6, 11, 12);
    quarterRound(state, 2, 7, 8, 13);
    quarterRound(state, 3, 4, 9, 14);
  }
  const block = new DataView(new ArrayBuffer(64));
  state.forEach((word, i) => block.setUint32(4 * i, word + initial[i]!, true));
  return new Uint8Array(block.buffer);
}

/** RFC 8439 section 2.1. */
function quarterRound(s: Uint32Array, a: number, b: number, c: number, d: number): void {
  s[a]! += s[b]!;
  s[d] = rotate(s[d]! ^ s[a]!, 16);
  s[c]! += s[d]!;
  s[b] = rotate(s[b]! ^ s[c]!, 12);
  s[a]! += s[b]!;
  s[d] = rotate(s[d]! ^ s[a]!, 8);
  s[c]! += s[d]!;
  s[b] = rotate(s[b]! ^ s[c]!, 7);
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** RFC 8439 section 2.4: encrypts, and decrypts. */
export function chacha20(
  key: Uint8Array,
  counter: number,
  nonce: Uint8Array,
  text: Uint8Array,
): Uint8Array {
  const result = text.slice();
  for (let at = 0; at < text.length; at += 64, counter++) {
    const block = chacha20Block(key, counter, nonce);
    for (let i = at; i < Math.min(at + 64, text.length); i++) result[i]! ^= block[i - at]!;
  }
  return result;
}

/** RFC 8439 section 2.5: the tag of a message under a one-time key, r and s. */
export function poly1305(key: Uint8Array, message: Uint8Array): Uint8Array {
  const p = 2n ** 130n - 5n;
  const r = littleEndian(key.subarray(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn;
  const s = littleEndian(key.subarray(16));
  let accumulator = 0n;
  for (let at = 0; at < message.length; at += 16) {
    const block = concat([message.subarray(at, at + 16), Uint8Array.of(1)]);
    accumulator = (accumulator + littleEndian(block)) * r % p;
  }
  return bytes(accumulator + s, 16);
}

/** RFC 8439 section 2.6. */
export function oneTimeKey(key: Uint8Array, nonce: Uint8Array): Uint8Array {
  return chacha20Block(key, 0, nonce).subarray(0, 32);
}

/** RFC 8439 section 2.8: ciphertext and tag. */
export function chacha20Poly1305Seal(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  const ciphertext = chacha20(key, 1, nonce, plaintext);
  const message = concat([
    ...[aad, padding(aad), ciphertext, padding(ciphertext)],
    ...[bytes(BigInt(aad.length), 8), bytes(BigInt(ciphertext.length), 8)],
  ]);
  return concat([ciphertext, poly1305(oneTimeKey(key, nonce), message)]);
}

/** RFC 8439 section 2.8.1: pad16. */
function padding(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(-bytes.length & 15);
}

function words(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i, true));
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((number, byte) => number << 8n | BigInt(byte), 0n);
}

function bytes(number: bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Number(number >> BigInt(8 * i) & 0xffn));
}
