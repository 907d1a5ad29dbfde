import type { Aead, CryptoProvider } from "../../core/crypto/provider.ts";
import type { Discards } from "../../core/stage/mod.ts";
import { ReplayWindow } from "../../core/wire/mod.ts";
import type { CipherSuite } from "../cipher_suites.ts";
import type { DtlsDiscard } from "../discards.ts";
import type { WriteKeys } from "../keys/secrets.ts";
import { MAX_PLAINTEXT_LENGTH, RECORD_HEADER_LENGTH, recordSequenceNumber } from "./header.ts";
import { type NonceScheme, nonceScheme } from "./nonce.ts";
import { PacketPool } from "./packet.ts";

/** Where opened records go. */
export interface PlaintextSink {
  /** The content of an authentic record. */
  handlePlaintext(type: number, content: Uint8Array): void;
}

/** Opens the records of one epoch in one direction: in batches, each record once. */
export class RecordOpener implements Disposable {
  readonly #aead: Aead;
  readonly #nonce: NonceScheme;
  readonly #discards: Discards<DtlsDiscard>;
  readonly #window = new ReplayWindow();
  readonly #pool = new PacketPool();
  /** Bytes of plaintext that the queued records will have. */
  #plaintextBytes = 0;

  constructor(
    crypto: CryptoProvider,
    suite: CipherSuite,
    keys: WriteKeys,
    discards: Discards<DtlsDiscard>,
  ) {
    this.#aead = crypto.aead(suite.aead, keys.key);
    this.#nonce = nonceScheme(suite, keys.iv);
    this.#discards = discards;
  }

  /** How many records are queued. */
  get queued(): number {
    return this.#pool.length;
  }

  /** Queues the record that starts at `at` and whose header says `length`. The bytes must stay as they are until `open`. */
  queue(datagram: Uint8Array, at: number, length: number): void {
    const inputAt = at + RECORD_HEADER_LENGTH + this.#nonce.explicitLength;
    const end = at + RECORD_HEADER_LENGTH + length;
    const plaintextLength = end - inputAt - this.#aead.tagLength;
    if (plaintextLength < 0 || plaintextLength > MAX_PLAINTEXT_LENGTH) {
      return this.#discards.add("bad record");
    }
    const sequenceNumber = recordSequenceNumber(datagram, at);
    if (!this.#window.isNew(sequenceNumber)) return this.#discards.add("replayed record");
    const packet = this.#pool.take();
    packet.type = datagram[at]!;
    packet.sequenceNumber = sequenceNumber;
    packet.input = datagram.subarray(inputAt, end);
    packet.fillAad(datagram, at, plaintextLength);
    this.#nonce.fill(packet.nonce, datagram, at);
    this.#plaintextBytes += plaintextLength;
  }

  /** Opens what is queued, in one call of the cipher, and hands it on in order. The plaintexts share one buffer. */
  open(sink: PlaintextSink): void {
    const packets = this.#pool.packets;
    if (packets.length === 0) return;
    this.#assignOutputs();
    const authentic = this.#aead.open(packets);
    for (let i = 0; i < packets.length; i++) {
      const { sequenceNumber, type, output } = packets[i]!;
      if (!authentic[i]) this.#discards.add("bad record");
      else if (!this.#window.isNew(sequenceNumber)) this.#discards.add("replayed record"); // twice in this batch
      else {
        this.#window.accept(sequenceNumber); // RFC 6347 section 4.1.2.6: not before the record proved authentic
        sink.handlePlaintext(type, output);
      }
    }
    this.#pool.clear();
  }

  /** Frees the cipher. */
  [Symbol.dispose](): void {
    this.#aead[Symbol.dispose]();
  }

  #assignOutputs(): void {
    const buffer = new Uint8Array(this.#plaintextBytes);
    let at = 0;
    for (const packet of this.#pool.packets) {
      const end = at + packet.input.length - this.#aead.tagLength;
      packet.output = buffer.subarray(at, end);
      at = end;
    }
    this.#plaintextBytes = 0;
  }
}
