import { MESSAGE } from "./layout";

/** Where the text starts: behind the AAD and its padding. */
export function textAt(aadLength: i32): usize {
  return paddedEnd(MESSAGE + aadLength);
}

/** The next multiple of 16. */
export function paddedEnd(end: usize): usize {
  return (end + 15) & ~15;
}

/** Zeros up to the next multiple of 16. */
export function pad(end: usize): void {
  while (end & 15) store<u8>(end++, 0);
}

/** text ^= keystream, in whole blocks: what follows the text is overwritten. */
export function xor(text: usize, keystream: usize, length: i32): void {
  for (const end = text + length; text < end; text += 16, keystream += 16) {
    v128.store(text, v128.xor(v128.load(text), v128.load(keystream)));
  }
}
