import { chacha20 } from "./chacha20";
import { MESSAGE, POLY_KEY, RESULT, STREAM } from "./layout";
import { pad, paddedEnd, textAt, xor } from "./message";
import { poly1305 } from "./poly1305";

/** RFC 8439 section 2.8: encrypts the text of MESSAGE in place, and puts the tag behind it. */
export function chacha20Poly1305Seal(aadLength: i32, length: i32): void {
  const text = textAt(aadLength);
  chacha20(0, STREAM);
  oneTimeKey();
  encrypt(text, length);
  authenticate(aadLength, length);
  v128.store(text + length, v128.load(RESULT));
}

/** Checks the tag behind the text, then decrypts in place. `length` is without the tag. False: not authentic. */
export function chacha20Poly1305Open(aadLength: i32, length: i32): bool {
  const text = textAt(aadLength);
  const tag = v128.load(text + length);
  chacha20(0, STREAM);
  oneTimeKey();
  authenticate(aadLength, length);
  if (v128.any_true(v128.xor(tag, v128.load(RESULT)))) return false;
  encrypt(text, length);
  return true;
}

/** RFC 8439 section 2.6: the first half of block 0 is the key of Poly1305. */
function oneTimeKey(): void {
  v128.store(POLY_KEY, v128.load(STREAM));
  v128.store(POLY_KEY, v128.load(STREAM, 16), 16);
}

/** RFC 8439 section 2.4: from block 1 on, and blocks 1 to 3 are in STREAM already. */
function encrypt(text: usize, length: i32): void {
  xor(text, STREAM + 64, min(length, 192));
  for (let done = 192, counter = 4; done < length; done += 256, counter += 4) {
    chacha20(counter, STREAM);
    xor(text + done, STREAM, min(length - done, 256));
  }
}

/** RFC 8439 section 2.8: AAD and ciphertext, each padded, and their lengths in bytes, little-endian. */
function authenticate(aadLength: i32, length: i32): void {
  const end = textAt(aadLength) + length, lengths = paddedEnd(end);
  pad(MESSAGE + aadLength);
  pad(end);
  store<u64>(lengths, aadLength as u64);
  store<u64>(lengths, length as u64, 8);
  poly1305(MESSAGE, (lengths + 16 - MESSAGE) as i32);
}
