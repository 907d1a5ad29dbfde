import type { Discards, Millis } from "../../core/stage/mod.ts";
import { Reader } from "../../core/wire/mod.ts";
import { AlertDescription } from "../alert.ts";
import { startClient } from "../client/start.ts";
import type { DtlsDiscard } from "../discards.ts";
import { HandshakeType } from "../protocol.ts";
import { startServer } from "../server/start.ts";
import { type HandshakeConfig, HandshakeContext, type RecordControl } from "./context.ts";
import type { Flight } from "./flight.ts";
import { FlightTransmitter } from "./flight_transmitter.ts";
import { type HandshakeFragment, readFragment } from "./message.ts";
import { Reassembler } from "./reassembler.ts";
import { Established, HandshakeFailure, type HandshakeState, type Session } from "./state.ts";

/** What a handshake needs of the endpoint around it. */
export interface HandshakeHost extends RecordControl {
  /** Puts a flight on the wire in datagrams of at most so many bytes. */
  sendFlight(flight: Flight, datagramSize: number): void;
  /** The handshake is over: data may flow. */
  handleEstablished(session: Session): void;
  /** The handshake can't go on. */
  handleRefusal(failure: HandshakeFailure): void;
}

/** Drives one handshake: fragments in, states in turn, flights out. */
export class Handshake {
  readonly #host: HandshakeHost;
  readonly #discards: Discards<DtlsDiscard>;
  readonly #context: HandshakeContext;
  readonly #reassembler: Reassembler;
  readonly #transmitter: FlightTransmitter;
  #state: HandshakeState;
  /** The first message of the peer's flight that our current flight answers. */
  #answeredFrom = 0;
  /** The first message of the peer's flight that is coming in. */
  #awaitedFrom = 0;
  #over = false;

  constructor(
    config: HandshakeConfig,
    host: HandshakeHost,
    discards: Discards<DtlsDiscard>,
    maxDatagramSize: number,
  ) {
    this.#host = host;
    this.#discards = discards;
    this.#context = new HandshakeContext(config, host);
    this.#reassembler = new Reassembler(discards);
    this.#transmitter = new FlightTransmitter(
      (flight, size) => host.sendFlight(flight, size),
      maxDatagramSize,
    );
    this.#state = config.role === "client"
      ? startClient(this.#context)
      : startServer(this.#context);
  }

  /** When {@linkcode Handshake.handleTimeout} wants to be called. */
  get nextTimeout(): Millis | undefined {
    return this.#transmitter.nextTimeout;
  }

  /** Messages of the peer that have been taken: it rises with every step forward. */
  get progress(): number {
    return this.#reassembler.nextMessageSeq;
  }

  /** Sends the flight that a client begins with. */
  start(now: Millis): void {
    this.#sendFlight(now);
  }

  /** Sends the current flight again if it is due. */
  handleTimeout(now: Millis): void {
    this.#transmitter.handleTimeout(now);
  }

  /** Takes the content of a handshake record: one or more fragments (RFC 6347 section 4.2.3). */
  handleRecord(content: Uint8Array, epoch: 0 | 1, sequenceNumber: number, now: Millis): void {
    const reader = new Reader(content);
    do {
      const fragment = readFragment(reader);
      if (fragment === undefined) {
        this.#discards.add("malformed fragment"); // what stood before it in the record still counts
        break;
      }
      this.#handleFragment(fragment, epoch, now);
    } while (reader.remaining > 0 && !this.#over);
    this.#context.recordSequenceNumber = sequenceNumber;
    this.#takeMessages(now);
  }

  #handleFragment(fragment: HandshakeFragment, epoch: 0 | 1, now: Millis): void {
    if (this.#state instanceof Established) return this.#handleLate(fragment, now);
    // RFC 5246 section 7.4.1.1: ignored while a handshake is under way, and no part of its transcript.
    if (fragment.type === HandshakeType.helloRequest) return this.#discards.add("renegotiation");
    // Before it is finished, a handshake has exactly one protected message: Finished.
    if ((fragment.type === HandshakeType.finished) !== (epoch === 1)) {
      return this.#discards.add("message in the wrong epoch");
    }
    if (fragment.messageSeq >= this.#reassembler.nextMessageSeq) {
      return this.#reassembler.add(fragment);
    }
    this.#discards.add("duplicate message");
    // A late copy of an older flight says nothing about the current one.
    if (fragment.messageSeq >= this.#answeredFrom && fragment.messageSeq < this.#awaitedFrom) {
      this.#transmitter.handleRepeatedFlight(now);
    }
  }

  /**
   * After the handshake, in a record that is authentic: a repeated Finished asks for our last flight once more
   * (RFC 6347 section 4.2.4). Anything else would begin a renegotiation, which there is none of; the wish may be ignored
   * (RFC 5246 section 7.4.1.1).
   */
  #handleLate(fragment: HandshakeFragment, now: Millis): void {
    if (fragment.type !== HandshakeType.finished) return this.#discards.add("renegotiation");
    this.#discards.add("duplicate message");
    this.#transmitter.handleRepeatedFlight(now);
  }

  #takeMessages(now: Millis): void {
    while (!this.#over && !(this.#state instanceof Established)) {
      const message = this.#reassembler.next();
      if (message === undefined) return;
      if (!this.#state.expects.includes(message.type)) {
        const reason = `a handshake message of type ${message.type} came out of order`;
        return this.#refuse(new HandshakeFailure(AlertDescription.unexpectedMessage, reason));
      }
      const next = this.#state.handle(message, this.#context);
      if (next instanceof HandshakeFailure) return this.#refuse(next);
      this.#state = next;
      this.#sendFlight(now);
      if (next instanceof Established) this.#finish(next);
    }
  }

  #sendFlight(now: Millis): void {
    const flight = this.#context.takeFlight();
    if (flight === undefined) return;
    this.#answeredFrom = this.#awaitedFrom;
    this.#awaitedFrom = this.#reassembler.nextMessageSeq;
    this.#transmitter.transmit(flight, now);
  }

  #finish({ session }: Established): void {
    if (this.#context.config.role === "client") this.#transmitter.finish();
    this.#host.handleEstablished(session);
  }

  #refuse(failure: HandshakeFailure): void {
    this.#over = true;
    this.#transmitter.finish();
    this.#host.handleRefusal(failure);
  }
}
