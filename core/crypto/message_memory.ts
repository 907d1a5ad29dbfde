import type { Kernels } from "./kernels.ts";
import type { AeadPacket } from "./provider.ts";

/** Bytes of a tag, in all our ciphers. */
export const TAG_LENGTH = 16;

/** Gets packets into the kernels' memory and out of it: nonce, AAD and text where `kernels/layout.ts` wants them. */
export class MessageMemory {
  readonly #kernels: Kernels;
  readonly #memory: Uint8Array;
  #textAt = 0;

  constructor(kernels: Kernels) {
    this.#kernels = kernels;
    this.#memory = kernels.memory;
  }

  /** Whether the kernels have room for such a packet, as for everything that fits a datagram. */
  fits(aadLength: number, length: number): boolean {
    return length >= 0 && aadLength + length <= this.#kernels.messageLimit;
  }

  /** The key for the packets to come, until `wipe`. */
  setKey(key: Uint8Array): void {
    this.#memory.set(key, this.#kernels.at.key);
  }

  /** The nonce of the packet to come. */
  setNonce(nonce: Uint8Array): void {
    if (nonce.length !== 12) throw new RangeError("A nonce has 12 bytes");
    this.#memory.set(nonce, this.#kernels.at.nonce);
  }

  /** Copies a packet in; `length` is that of its text, which begins after the padded AAD. */
  place({ aad, input }: AeadPacket, length: number): void {
    if (!this.fits(aad.length, length)) throw new RangeError("A packet of more than 64 KiB");
    const { message } = this.#kernels.at;
    this.#memory.set(aad, message);
    this.#textAt = message + ((aad.length + 15) & ~15);
    this.#memory.set(input, this.#textAt);
  }

  /** Copies the result of the packet that was placed last into its output. */
  take({ output }: AeadPacket, length: number): void {
    output.set(this.#memory.subarray(this.#textAt, this.#textAt + length));
  }

  /** Erases key, keystream and tables. */
  wipe(): void {
    this.#memory.fill(0, 0, this.#kernels.at.secretsEnd);
  }
}
