import { MAX_SEQUENCE_NUMBER, RECORD_HEADER_LENGTH, writeRecordHeader } from "./header.ts";
import type { RecordSealer } from "./sealer.ts";

/** How far a ClientHello may move our sequence numbers: a peer must not push us towards their end. */
const MAX_ADOPTED_SEQUENCE_NUMBER = 2 ** 24;

/** The sending half of the record layer. Both epochs stay at hand: a retransmitted flight has records of either. */
export class RecordSender {
  #plainSequenceNumber = 0;
  #sealer: RecordSealer | undefined;
  #changed = false;

  /** What seals the records of epoch 1, once there are keys. */
  get sealer(): RecordSealer | undefined {
    return this.#sealer;
  }

  /** The epoch in which a new message, such as an alert, has to go. */
  get epoch(): 0 | 1 {
    return this.#changed ? 1 : 0;
  }

  /** Bytes of the headers and trailers of a record. */
  overhead(epoch: 0 | 1): number {
    return epoch === 1 ? this.#sealer!.overhead : RECORD_HEADER_LENGTH;
  }

  /** The keys of epoch 1 are there. */
  install(sealer: RecordSealer): void {
    this.#sealer = sealer;
  }

  /** A ChangeCipherSpec has been sent: whatever is new goes in epoch 1. */
  changeCipherSpec(): void {
    this.#changed = true;
  }

  /** RFC 6347 section 4.2.1: a server's first records continue the numbers of the ClientHello that they answer. */
  adoptSequenceNumber(ofClientHello: number): void {
    if (ofClientHello > MAX_ADOPTED_SEQUENCE_NUMBER) return;
    this.#plainSequenceNumber = Math.max(this.#plainSequenceNumber, ofClientHello);
  }

  /** Nothing is sent any more. */
  end(): void {
    this.#sealer?.[Symbol.dispose]();
    this.#sealer = undefined;
  }

  /** A whole record. */
  record(type: number, epoch: 0 | 1, content: Uint8Array, version?: number): Uint8Array {
    if (epoch === 1) return this.#sealer!.seal(type, [content])[0]!;
    if (this.#plainSequenceNumber >= MAX_SEQUENCE_NUMBER) {
      throw new RangeError("The sequence numbers of epoch 0 are used up"); // 2^48 - 2^24 records within one handshake
    }
    const record = new Uint8Array(RECORD_HEADER_LENGTH + content.length);
    const number = this.#plainSequenceNumber++;
    writeRecordHeader(record, 0, type, 0, number, content.length, version);
    record.set(content, RECORD_HEADER_LENGTH);
    return record;
  }
}
