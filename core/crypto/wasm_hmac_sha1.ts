import { createHash } from "node:crypto";
import type { Kernels } from "./kernels.ts";
import type { Mac, MacPacket } from "./provider.ts";
import { startsWith } from "./truncated_mac.ts";

/** Bytes that SHA-1 takes at once, and of its digest. */
const BLOCK_LENGTH = 64;
const DIGEST_LENGTH = 20;

/** HMAC-SHA1 (RFC 2104) by the kernels. What SHA-1 makes of the key, which is two blocks of every MAC, is computed once. */
export class WasmHmacSha1 implements Mac {
  readonly #kernels: Kernels;
  /** The inner and the outer state of SHA-1 behind the key, as they lie in the kernels' memory. */
  readonly #states: Uint8Array;
  /** The MAC that was computed last, in the kernels' memory. */
  readonly #result: Uint8Array;

  constructor(kernels: Kernels, key: Uint8Array) {
    const { memory, at: { hmacInner, hmacBlock, result } } = kernels;
    this.#kernels = kernels;
    this.#result = memory.subarray(result, result + DIGEST_LENGTH);
    const padded = memory.subarray(hmacBlock, hmacBlock + BLOCK_LENGTH).fill(0);
    padded.set(key.length > BLOCK_LENGTH ? createHash("sha1").update(key).digest() : key); // RFC 2104 section 2
    kernels.hmacSha1Key();
    this.#states = memory.slice(hmacInner, hmacBlock);
    this.#wipe();
  }

  sign(packets: readonly MacPacket[]): void {
    for (const { message, suffix, tag } of packets) {
      if (tag.length > DIGEST_LENGTH || !this.#fits(message, suffix)) {
        throw new RangeError("A tag of more than 20 bytes, or a packet of more than 64 KiB");
      }
    }
    this.#begin();
    for (const { message, suffix, tag } of packets) {
      this.#compute(message, suffix);
      for (let i = 0; i < tag.length; i++) tag[i] = this.#result[i]!;
    }
    this.#wipe();
  }

  verify(packets: readonly MacPacket[]): boolean[] {
    const authentic: boolean[] = [];
    this.#begin();
    for (const { message, suffix, tag } of packets) {
      const fits = this.#fits(message, suffix);
      if (fits) this.#compute(message, suffix);
      authentic.push(fits && startsWith(this.#result, tag));
    }
    this.#wipe();
    return authentic;
  }

  #fits(message: Uint8Array, suffix: Uint8Array): boolean {
    return message.length + suffix.length <= this.#kernels.messageLimit;
  }

  #begin(): void {
    this.#kernels.memory.set(this.#states, this.#kernels.at.hmacInner);
  }

  #compute(message: Uint8Array, suffix: Uint8Array): void {
    const { memory, at } = this.#kernels;
    memory.set(message, at.message);
    memory.set(suffix, at.message + message.length);
    this.#kernels.hmacSha1(message.length + suffix.length);
  }

  /** Erases everything that was derived from the key. */
  #wipe(): void {
    this.#kernels.memory.fill(0, 0, this.#kernels.at.secretsEnd);
  }
}
