import { type Cipheriv, createCipheriv } from "node:crypto";
import type { Kernels } from "./kernels.ts";
import { MessageMemory, TAG_LENGTH } from "./message_memory.ts";
import type { Aead, AeadPacket } from "./provider.ts";

const BLOCK_LENGTH = 16;

/**
 * AES-GCM (NIST SP 800-38D). One `update` of a lasting AES cipher of `node:crypto`, which uses the processor's own AES, encrypts the
 * counter blocks of a whole batch; the kernels do the rest: 2 us at 1200 bytes.
 */
export class WasmAesGcm implements Aead {
  readonly tagLength = TAG_LENGTH;
  readonly #aes: Cipheriv;
  /** H, the hash subkey (NIST SP 800-38D section 6.4): the encrypted zero block. */
  readonly #hashKey: Uint8Array;
  readonly #kernels: Kernels;
  readonly #message: MessageMemory;

  constructor(kernels: Kernels, name: "aes-128-gcm" | "aes-256-gcm", key: Uint8Array) {
    this.#aes = createCipheriv(name === "aes-128-gcm" ? "aes-128-ecb" : "aes-256-ecb", key, null);
    this.#aes.setAutoPadding(false);
    this.#hashKey = new Uint8Array(this.#aes.update(new Uint8Array(BLOCK_LENGTH)));
    this.#kernels = kernels;
    this.#message = new MessageMemory(kernels);
  }

  seal(packets: readonly AeadPacket[]): void {
    this.#withKeystream(packets, (packet, keystream) => {
      const length = packet.input.length;
      this.#message.place(packet, length);
      this.#kernels.gcmSeal(packet.aad.length, length, keystream);
      this.#message.take(packet, length + TAG_LENGTH);
    });
  }

  open(packets: readonly AeadPacket[]): boolean[] {
    const authentic: boolean[] = [];
    this.#withKeystream(packets, (packet, keystream) => {
      authentic.push(this.#open(packet, keystream));
    });
    return authentic;
  }

  [Symbol.dispose](): void {
    this.#aes.final();
  }

  #open(packet: AeadPacket, keystream: number): boolean {
    const length = packet.input.length - TAG_LENGTH;
    if (!this.#message.fits(packet.aad.length, length)) return false;
    this.#message.place(packet, length);
    if (!this.#kernels.gcmOpen(packet.aad.length, length, keystream)) return false;
    this.#message.take(packet, length);
    return true;
  }

  /** Visits each packet with the address of its keystream; as many at a time as have room for it. */
  #withKeystream(
    packets: readonly AeadPacket[],
    visit: (packet: AeadPacket, keystream: number) => void,
  ): void {
    this.#message.setKey(this.#hashKey);
    this.#kernels.ghashKey();
    try {
      for (let next = 0; next < packets.length;) {
        const end = this.#writeKeystream(packets, next);
        for (let keystream = this.#kernels.at.counters; next < end; next++) {
          visit(packets[next]!, keystream);
          keystream += this.#keystreamLength(packets[next]!);
        }
      }
    } finally {
      this.#message.wipe();
    }
  }

  /** Writes the keystream of the packets from `start` on; returns where the next run starts. */
  #writeKeystream(packets: readonly AeadPacket[], start: number): number {
    const { memory, at: { counters }, countersLimit } = this.#kernels;
    let length = 0, next = start;
    for (; next < packets.length; next++) {
      const more = this.#keystreamLength(packets[next]!);
      if (length + more > countersLimit) break;
      this.#message.setNonce(packets[next]!.nonce);
      this.#kernels.counterBlocks(counters + length, more / BLOCK_LENGTH);
      length += more;
    }
    const blocks = memory.subarray(counters, counters + length);
    blocks.set(this.#aes.update(blocks));
    return next;
  }

  /** J0's block and those of the text (to open, of the tag too: it does no harm); none where the packet is too long for us. */
  #keystreamLength({ aad, input }: AeadPacket): number {
    if (aad.length + input.length > this.#kernels.messageLimit + TAG_LENGTH) return 0;
    return (1 + Math.ceil(input.length / BLOCK_LENGTH)) * BLOCK_LENGTH;
  }
}
