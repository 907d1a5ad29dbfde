import { type Cipheriv, createCipheriv } from "node:crypto";
import type { Kernels } from "./kernels.ts";
import type { AesCtr, CtrPacket } from "./provider.ts";

const BLOCK_LENGTH = 16;

/**
 * AES in counter mode (NIST SP 800-38A section 6.5). As in `WasmAesGcm`, one `update` of a lasting AES cipher of `node:crypto`
 * encrypts the counter blocks of a whole batch; the kernels make them, and apply the keystream.
 */
export class WasmAesCtr implements AesCtr {
  readonly #aes: Cipheriv;
  readonly #kernels: Kernels;

  constructor(kernels: Kernels, key: Uint8Array) {
    this.#aes = createCipheriv(key.length === 16 ? "aes-128-ecb" : "aes-256-ecb", key, null);
    this.#aes.setAutoPadding(false);
    this.#kernels = kernels;
  }

  apply(packets: readonly CtrPacket[]): void {
    const { memory, at, messageLimit } = this.#kernels;
    for (const { counter, input } of packets) {
      if (counter.length !== BLOCK_LENGTH) throw new RangeError("A counter block has 16 bytes");
      if (input.length > messageLimit) throw new RangeError("A packet of more than 64 KiB");
    }
    for (let next = 0; next < packets.length;) {
      const end = this.#writeKeystream(packets, next);
      let keystream = at.counters;
      for (; next < end; next++) {
        const { input, output } = packets[next]!;
        memory.set(input, at.message);
        this.#kernels.ctrApply(input.length, keystream);
        output.set(memory.subarray(at.message, at.message + input.length));
        keystream += keystreamLength(input.length);
      }
    }
  }

  [Symbol.dispose](): void {
    this.#aes.final();
  }

  /** Writes the keystream of the packets from `start` on, of as many as have room; returns where the next run starts. */
  #writeKeystream(packets: readonly CtrPacket[], start: number): number {
    const { memory, at: { counters, nonce }, countersLimit } = this.#kernels;
    let length = 0, next = start;
    for (; next < packets.length; next++) {
      const { counter, input } = packets[next]!;
      const more = keystreamLength(input.length);
      if (length + more > countersLimit) break;
      memory.set(counter, nonce);
      this.#kernels.ctrBlocks(counters + length, more / BLOCK_LENGTH);
      length += more;
    }
    const blocks = memory.subarray(counters, counters + length);
    blocks.set(this.#aes.update(blocks));
    return next;
  }
}

function keystreamLength(length: number): number {
  return Math.ceil(length / BLOCK_LENGTH) * BLOCK_LENGTH;
}
