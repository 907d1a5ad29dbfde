import { MESSAGE, NONCE } from "./layout";
import { xor } from "./message";

/** NIST SP 800-38A section 6.5: the counter blocks of one packet, written to `at`. The first one is at NONCE; its last word counts. */
export function ctrBlocks(at: usize, blocks: i32): void {
  const first = v128.load(NONCE), counter = bswap(i32x4.extract_lane(first, 3));
  for (let n = 0; n < blocks; n++, at += 16) v128.store(at, i32x4.replace_lane(first, 3, bswap(counter + n)));
}

/** NIST SP 800-38A section 6.5: encrypts or decrypts the first `length` bytes of MESSAGE in place with the AES keystream. */
export function ctrApply(length: i32, keystream: usize): void {
  xor(MESSAGE, keystream, length);
}
