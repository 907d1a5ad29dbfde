/**
 * GCM as NIST SP 800-38D writes it down: what the kernels are held against. AES itself is borrowed, a block at a time: in the
 * kernels' cipher it is borrowed too.
 *
 * @module
 */
import { createCipheriv } from "node:crypto";
import { concat } from "../../../core/wire/bytes.ts";

/** NIST SP 800-38D section 6.3: the product of two blocks in GF(2^128); the first bit of a block stands for 1, the last for x^127. */
export function multiply(x: bigint, y: bigint): bigint {
  const R = 0xe1n << 120n;
  let z = 0n, v = y;
  for (let i = 127n; i >= 0n; i--) {
    if (x >> i & 1n) z ^= v;
    v = v & 1n ? v >> 1n ^ R : v >> 1n;
  }
  return z;
}

/** NIST SP 800-38D section 6.4: GHASH of whole blocks. */
export function ghash(hashKey: Uint8Array, message: Uint8Array): Uint8Array {
  const h = bigEndian(hashKey);
  let y = 0n;
  for (let at = 0; at < message.length; at += 16) {
    y = multiply(y ^ bigEndian(message.subarray(at, at + 16)), h);
  }
  return bytes(y, 16);
}

/** NIST SP 800-38D section 7.1: ciphertext and tag. */
export function aesGcmSeal(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  const hashKey = aes(key, new Uint8Array(16));
  const ciphertext = plaintext.slice();
  for (let at = 0; at < plaintext.length; at += 16) {
    const block = aes(key, concat([nonce, bytes(BigInt(2 + at / 16), 4)]));
    for (let i = at; i < Math.min(at + 16, plaintext.length); i++) ciphertext[i]! ^= block[i - at]!;
  }
  const hash = ghash(
    hashKey,
    concat([
      ...[aad, padding(aad), ciphertext, padding(ciphertext)],
      ...[bytes(8n * BigInt(aad.length), 8), bytes(8n * BigInt(ciphertext.length), 8)],
    ]),
  );
  const mask = aes(key, concat([nonce, bytes(1n, 4)]));
  return concat([ciphertext, hash.map((byte, i) => byte ^ mask[i]!)]);
}

function aes(key: Uint8Array, block: Uint8Array): Uint8Array {
  const cipher = createCipheriv(`aes-${8 * key.length}-ecb`, key, null);
  const encrypted = new Uint8Array(cipher.update(block));
  cipher.final(); // frees what the runtime holds for it
  return encrypted;
}

function padding(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(-bytes.length & 15);
}

function bigEndian(bytes: Uint8Array): bigint {
  return bytes.reduce((number, byte) => number << 8n | BigInt(byte), 0n);
}

function bytes(number: bigint, length: number): Uint8Array {
  return Uint8Array.from(
    { length },
    (_, i) => Number(number >> BigInt(8 * (length - 1 - i)) & 0xffn),
  );
}
