import type { Aead, CryptoProvider } from "../../core/crypto/provider.ts";
import type { CipherSuite } from "../cipher_suites.ts";
import type { WriteKeys } from "../keys/secrets.ts";
import { MAX_SEQUENCE_NUMBER, RECORD_HEADER_LENGTH, writeRecordHeader } from "./header.ts";
import { type NonceScheme, nonceScheme } from "./nonce.ts";
import { PacketPool } from "./packet.ts";

/** Protects the records of one epoch in one direction. Its sequence number only ever rises. */
export class RecordSealer implements Disposable {
  /** The epoch of its records. */
  readonly epoch: number;
  /** How many bytes longer a record is than its plaintext. */
  readonly overhead: number;
  readonly #aead: Aead;
  readonly #nonce: NonceScheme;
  readonly #pool = new PacketPool();
  #sequenceNumber: number;

  /** `sequenceNumber` is that of the first record. */
  constructor(
    crypto: CryptoProvider,
    suite: CipherSuite,
    keys: WriteKeys,
    epoch = 1,
    sequenceNumber = 0,
  ) {
    this.epoch = epoch;
    this.#aead = crypto.aead(suite.aead, keys.key);
    this.#nonce = nonceScheme(suite, keys.iv);
    this.overhead = RECORD_HEADER_LENGTH + this.#nonce.explicitLength + this.#aead.tagLength;
    this.#sequenceNumber = sequenceNumber;
  }

  /** How many more records there can be before the sequence number would wrap (RFC 6347 section 4.1). */
  get remaining(): number {
    return MAX_SEQUENCE_NUMBER - this.#sequenceNumber;
  }

  /**
   * One record for each plaintext, sealed in one call of the cipher. The records share one buffer. The caller sees to it that there
   * are no more than {@linkcode RecordSealer.remaining}, and none longer than a record may be.
   */
  seal(type: number, plaintexts: readonly Uint8Array[]): Uint8Array[] {
    let total = 0;
    for (const plaintext of plaintexts) total += plaintext.length + this.overhead;
    const buffer = new Uint8Array(total);
    const records: Uint8Array[] = [];
    let at = 0;
    for (const plaintext of plaintexts) {
      const end = at + plaintext.length + this.overhead;
      this.#prepare(buffer, at, end, type, plaintext);
      records.push(buffer.subarray(at, end));
      at = end;
    }
    this.#aead.seal(this.#pool.packets);
    this.#pool.clear();
    return records;
  }

  /** Frees the cipher. */
  [Symbol.dispose](): void {
    this.#aead[Symbol.dispose]();
  }

  #prepare(
    buffer: Uint8Array,
    at: number,
    end: number,
    type: number,
    plaintext: Uint8Array,
  ): void {
    const contentAt = at + RECORD_HEADER_LENGTH;
    const explicitLength = this.#nonce.explicitLength;
    writeRecordHeader(buffer, at, type, this.epoch, this.#sequenceNumber++, end - contentAt);
    if (explicitLength > 0) buffer.copyWithin(contentAt, at + 3, at + 3 + explicitLength);
    const packet = this.#pool.take();
    this.#nonce.fill(packet.nonce, buffer, at);
    packet.fillAad(buffer, at, plaintext.length);
    packet.input = plaintext;
    packet.output = buffer.subarray(contentAt + explicitLength, end);
  }
}
