import type { Discards } from "../../core/stage/mod.ts";
import { BoundedQueue } from "../bounded_queue.ts";
import type { DtlsDiscard } from "../discards.ts";
import { ContentType } from "../protocol.ts";
import { RECORD_HEADER_LENGTH, recordEpoch, recordLength, recordSequenceNumber } from "./header.ts";
import type { RecordOpener } from "./opener.ts";

/** The major byte of every version of DTLS. */
const MAJOR_VERSION = 0xfe;
/** Records opened in one call at most. */
const MAX_BATCH = 32;
/** How many records are held that came before they could be used: a Finished, and a few of data. */
const MAX_EARLY_RECORDS = 16;
/** How many bytes they have together. */
const MAX_EARLY_BYTES = 1 << 15;

/** Where the content of records goes. Epoch 0 is what anyone can send; epoch 1 is authentic. */
export interface RecordSink {
  handleApplicationData(content: Uint8Array): void;
  handleHandshakeRecord(content: Uint8Array, epoch: 0 | 1, sequenceNumber: number): void;
  handleAlertRecord(content: Uint8Array, epoch: 0 | 1): void;
}

/** The receiving half of the record layer: takes datagrams apart, and hands on what is in their records (RFC 6347 section 4.1). */
export class RecordReceiver {
  readonly #sink: RecordSink;
  readonly #discards: Discards<DtlsDiscard>;
  /**
   * Records that overtook their own handshake: Finished before the messages that make its keys, or data before Finished.
   * RFC 6347 section 4.1 lets a receiver keep them. They are held as they came, unopened.
   */
  readonly #early = new BoundedQueue(MAX_EARLY_RECORDS, MAX_EARLY_BYTES);
  #opener: RecordOpener | undefined;
  #established = false;
  #ended = false;
  /** Early records may be usable now. */
  #unlocked = false;

  constructor(sink: RecordSink, discards: Discards<DtlsDiscard>) {
    this.#sink = sink;
    this.#discards = discards;
  }

  /** From now on records of epoch 1 can be opened, except for data. */
  install(opener: RecordOpener): void {
    this.#opener = opener;
    this.#unlocked = true;
  }

  /** The handshake is over: data is handed on, and epoch 0 is closed. */
  establish(): void {
    this.#established = true;
    this.#unlocked = true;
  }

  /** Nothing is read any more, not even the rest of a batch. */
  end(): void {
    this.#ended = true;
    this.#opener?.[Symbol.dispose]();
    this.#opener = undefined;
    this.#early.take();
  }

  /** Takes datagrams, each of which may hold several records (RFC 6347 section 4.1.1). */
  receive(batch: readonly Uint8Array[]): void {
    for (const datagram of batch) {
      this.#receiveDatagram(datagram);
      while (this.#unlocked) this.#receiveEarly();
    }
    this.#open();
  }

  #receiveEarly(): void {
    this.#unlocked = false;
    for (const record of this.#early.take()) this.#receiveDatagram(record);
    this.#open();
  }

  #receiveDatagram(datagram: Uint8Array): void {
    let at = 0;
    do {
      const room = datagram.length - at - RECORD_HEADER_LENGTH;
      if (room < 0) return this.#discards.add("truncated record");
      const length = recordLength(datagram, at);
      if (length > room) return this.#discards.add("truncated record");
      this.#receiveRecord(datagram, at, length);
      at += RECORD_HEADER_LENGTH + length;
    } while (at < datagram.length);
  }

  #receiveRecord(datagram: Uint8Array, at: number, length: number): void {
    if (this.#ended) return this.#discards.add("after the end");
    if (datagram[at + 1] !== MAJOR_VERSION) return this.#discards.add("bad version");
    const epoch = recordEpoch(datagram, at);
    if (epoch === 1) this.#receiveProtected(datagram, at, length);
    else if (epoch === 0) this.#receivePlain(datagram, at, length);
    else this.#discards.add("unknown epoch");
  }

  #receiveProtected(datagram: Uint8Array, at: number, length: number): void {
    const opener = this.#opener;
    const isData = datagram[at] === ContentType.applicationData;
    if (opener === undefined || (isData && !this.#established)) {
      const record = datagram.subarray(at, at + RECORD_HEADER_LENGTH + length);
      if (!this.#early.push(record)) this.#discards.add("early record");
      return;
    }
    opener.queue(datagram, at, length);
    // What is not data may change the state in which the records after it are read.
    if (!isData || opener.queued >= MAX_BATCH) this.#open();
  }

  /** Once there are keys for good, an alert, a ClientHello or anything else in the clear is an attacker's, or a late copy. */
  #receivePlain(datagram: Uint8Array, at: number, length: number): void {
    if (this.#established) return this.#discards.add("plaintext after the handshake");
    const contentAt = at + RECORD_HEADER_LENGTH;
    const content = datagram.subarray(contentAt, contentAt + length);
    switch (datagram[at]) {
      case ContentType.handshake:
        return this.#sink.handleHandshakeRecord(content, 0, recordSequenceNumber(datagram, at));
      case ContentType.alert:
        return this.#sink.handleAlertRecord(content, 0);
      case ContentType.changeCipherSpec:
        // It says what the epoch of each record says already, and it may be lost or late: there is nothing to do for it.
        return;
      default:
        this.#discards.add("unknown content type");
    }
  }

  #open(): void {
    this.#opener?.open(this);
  }

  /** Takes an authentic record from the opener. */
  handlePlaintext(type: number, content: Uint8Array): void {
    switch (type) {
      case ContentType.applicationData:
        if (content.length === 0) return this.#discards.add("empty record");
        return this.#sink.handleApplicationData(content);
      case ContentType.handshake:
        return this.#sink.handleHandshakeRecord(content, 1, 0);
      case ContentType.alert:
        return this.#sink.handleAlertRecord(content, 1);
      default:
        this.#discards.add("unknown content type");
    }
  }
}
