import type { AeadPacket } from "../../core/crypto/provider.ts";
import { EPOCH_OFFSET } from "./header.ts";

const NONE = new Uint8Array(0);

/** One place in a batch for the cipher. Places are used again for every batch, so that a packet costs no object of its own. */
export class RecordPacket implements AeadPacket {
  readonly nonce: Uint8Array<ArrayBuffer> = new Uint8Array(12);
  readonly aad: Uint8Array<ArrayBuffer> = new Uint8Array(13);
  input: Uint8Array = NONE;
  output: Uint8Array = NONE;
  /** The content type of the record. */
  type = 0;
  /** The sequence number of the record. */
  sequenceNumber = 0;

  /** Epoch, sequence number, type, version, and the length of the plaintext (RFC 5246 section 6.2.3.3). */
  fillAad(record: Uint8Array, at: number, plaintextLength: number): void {
    const aad = this.aad;
    for (let i = 0; i < 8; i++) aad[i] = record[at + EPOCH_OFFSET + i]!;
    for (let i = 0; i < 3; i++) aad[8 + i] = record[at + i]!;
    aad[11] = plaintextLength >>> 8;
    aad[12] = plaintextLength & 0xff;
  }

  /** Lets go of the bytes, which would otherwise live until the next batch. */
  release(): void {
    this.input = NONE;
    this.output = NONE;
  }
}

/** A reusable list of places that grows up to the largest batch. */
export class PacketPool {
  readonly #all: RecordPacket[] = [];
  /** The places in use, in order. */
  #used: RecordPacket[] = [];

  /** How many places are in use. */
  get length(): number {
    return this.#used.length;
  }

  /** The places in use. */
  get packets(): readonly RecordPacket[] {
    return this.#used;
  }

  /** Takes one more place. */
  take(): RecordPacket {
    const at = this.#used.length;
    const packet = this.#all[at] ?? (this.#all[at] = new RecordPacket());
    this.#used.push(packet);
    return packet;
  }

  /** Empties every place. */
  clear(): void {
    for (const packet of this.#used) packet.release();
    this.#used.length = 0;
  }
}
