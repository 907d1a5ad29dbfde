import type { Certificate, CryptoProvider, GroupName } from "../../core/crypto/provider.ts";
import { Writer } from "../../core/wire/mod.ts";
import type { CipherSuite } from "../cipher_suites.ts";
import type { Fingerprint } from "../fingerprint.ts";
import type { Secrets } from "../keys/secrets.ts";
import type { DtlsRole } from "../protocol.ts";
import type { Flight, FlightItem } from "./flight.ts";
import { handshakeMessage } from "./message.ts";
import { Transcript } from "./transcript.ts";

/** What one side brings to a handshake. */
export interface HandshakeConfig {
  readonly role: DtlsRole;
  readonly crypto: CryptoProvider;
  readonly certificate: Certificate;
  /** Best first. */
  readonly cipherSuites: readonly CipherSuite[];
  /** Best first. */
  readonly groups: readonly GroupName[];
  /** Best first; none where there is no media. */
  readonly srtpProfiles: readonly number[];
  /** What the signalling says of the peer's certificate. */
  readonly remoteFingerprints: readonly Fingerprint[];
  /** Whether a server asks for a cookie first. */
  readonly cookieExchange: boolean;
}

/** The record layer, as far as a handshake commands it. */
export interface RecordControl {
  /** There are keys: what the peer sends in epoch 1 can be opened, what we send there can be sealed. */
  installKeys(suite: CipherSuite, secrets: Secrets): void;
  /** A server's records continue the numbers of the ClientHello's. */
  adoptSequenceNumber(ofClientHello: number): void;
}

/** What the states of one handshake share: the transcript so far, and the flight that they prepare. */
export class HandshakeContext {
  readonly config: HandshakeConfig;
  readonly crypto: CryptoProvider;
  readonly transcript: Transcript;
  /** The sequence number of the record that brought the message in hand. */
  recordSequenceNumber = 0;
  readonly #records: RecordControl;
  #messageSeq = 0;
  #items: FlightItem[] = [];
  #epoch: 0 | 1 = 0;
  #flight: Flight | undefined;

  constructor(config: HandshakeConfig, records: RecordControl) {
    this.config = config;
    this.crypto = config.crypto;
    this.transcript = new Transcript(config.crypto);
    this.#records = records;
  }

  /** Prepares a message for the next flight, and adds it to the transcript. */
  add(type: number, write: (writer: Writer) => void): void {
    const message = this.#prepare(type, write);
    this.transcript.add(message);
  }

  /** Prepares a message that the transcript leaves out: what a cookie exchange adds in front of a handshake. */
  addUnrecorded(type: number, write: (writer: Writer) => void): void {
    this.#prepare(type, write);
  }

  /** Prepares a ChangeCipherSpec: messages after it are protected. */
  addChangeCipherSpec(): void {
    this.#items.push("ChangeCipherSpec");
    this.#epoch = 1;
  }

  /** The flight is complete and goes out once the message in hand has been dealt with. */
  finishFlight(options: { timed: boolean; last?: boolean; recordVersion?: number }): void {
    this.#flight = { last: false, ...options, items: this.#items };
    this.#items = [];
  }

  /** The flight that is to be sent, once. */
  takeFlight(): Flight | undefined {
    const flight = this.#flight;
    this.#flight = undefined;
    return flight;
  }

  /** Hands the keys to the record layer. */
  installKeys(suite: CipherSuite, secrets: Secrets): void {
    this.#records.installKeys(suite, secrets);
  }

  /** RFC 6347 section 4.2.1. */
  adoptSequenceNumber(): void {
    this.#records.adoptSequenceNumber(this.recordSequenceNumber);
  }

  #prepare(type: number, write: (writer: Writer) => void) {
    const writer = new Writer(1024);
    write(writer);
    const message = handshakeMessage(type, this.#messageSeq++, writer.finish());
    this.#items.push({ epoch: this.#epoch, message });
    return message;
  }
}
