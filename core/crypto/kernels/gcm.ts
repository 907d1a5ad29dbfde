import { ghash } from "./ghash";
import { MESSAGE, NONCE, RESULT } from "./layout";
import { pad, paddedEnd, textAt, xor } from "./message";

/**
 * NIST SP 800-38D section 7.1: the counter blocks nonce || 1, 2, 3 ... of one packet, written to `at`. The first one, J0, encrypts
 * the tag, the others the text.
 */
export function counterBlocks(at: usize, blocks: i32): void {
  const nonce = v128.load(NONCE);
  for (let counter = 1; counter <= blocks; counter++, at += 16) {
    v128.store(at, i32x4.replace_lane(nonce, 3, bswap(counter)));
  }
}

/** NIST SP 800-38D section 7.1: encrypts the text of MESSAGE in place with the AES keystream, and puts the tag behind it. */
export function gcmSeal(aadLength: i32, length: i32, keystream: usize): void {
  const text = textAt(aadLength);
  xor(text, keystream + 16, length);
  v128.store(text + length, tagOf(aadLength, length, keystream));
}

/** NIST SP 800-38D section 7.2: checks the tag behind the text, then decrypts in place. False: not authentic. */
export function gcmOpen(aadLength: i32, length: i32, keystream: usize): bool {
  const text = textAt(aadLength);
  const tag = v128.load(text + length);
  if (v128.any_true(v128.xor(tag, tagOf(aadLength, length, keystream)))) return false;
  xor(text, keystream + 16, length);
  return true;
}

/** GHASH of AAD and ciphertext, each padded, and their lengths in bits, big-endian; encrypted with J0's block. */
function tagOf(aadLength: i32, length: i32, keystream: usize): v128 {
  const end = textAt(aadLength) + length, lengths = paddedEnd(end);
  pad(MESSAGE + aadLength);
  pad(end);
  store<u64>(lengths, bswap<u64>(8 * (aadLength as u64)));
  store<u64>(lengths, bswap<u64>(8 * (length as u64)), 8);
  ghash(MESSAGE, (lengths + 16 - MESSAGE) as i32);
  return v128.xor(v128.load(RESULT), v128.load(keystream));
}
