import type { Millis } from "../../core/stage/mod.ts";
import type { Flight } from "./flight.ts";

/**
 * The first wait for an answer.
 *
 * Deviation: RFC 6347 section 4.2.4.1 says one second. ICE has just measured a round trip on this path, browsers wait 50 to 75 ms, and
 * a lost datagram should not cost a user a second of set-up.
 */
export const INITIAL_TIMEOUT: Millis = 100;
/** Waits double up to this. Deviation: RFC 6347 section 4.2.4.1 says no less than a minute, which no call would wait for. */
export const MAX_TIMEOUT: Millis = 1000;
/** No flight is sent again sooner than this after it was sent, however many copies of its own flight the peer sends. */
export const MIN_RESEND_INTERVAL: Millis = 100;
/** After so many timeouts on a flight its datagrams may have been too large for the path. */
const TIMEOUTS_BEFORE_SMALLER = 2;
/** What the smallest IPv4 datagram that every host takes (RFC 791) leaves for UDP payload. */
const SMALL_DATAGRAM = 548;

/** The states of RFC 6347 section 4.2.4. */
export type FlightState = "PREPARING" | "SENDING" | "WAITING" | "FINISHED";

/**
 * Sends flights, and sends them again (RFC 6347 section 4.2.4).
 *
 * ```
 *   PREPARING --> SENDING --> WAITING --(next flight of the peer)--> PREPARING
 *                    ^           |
 *                    +-----------+  timer, or a repeated flight of the peer
 *                    |
 *                    +----------- FINISHED (last flight only): a repeated flight of the peer
 * ```
 */
export class FlightTransmitter {
  readonly #send: (flight: Flight, datagramSize: number) => void;
  readonly #maxDatagramSize: number;
  #state: FlightState = "PREPARING";
  #flight: Flight | undefined;
  #sentAt: Millis = 0;
  #timeout: Millis = INITIAL_TIMEOUT;
  #timeouts = 0;
  #nextTimeout: Millis | undefined;

  /** `send` puts a flight on the wire in datagrams of at most so many bytes. */
  constructor(send: (flight: Flight, datagramSize: number) => void, maxDatagramSize: number) {
    this.#send = send;
    this.#maxDatagramSize = maxDatagramSize;
  }

  /** Where RFC 6347 section 4.2.4 is with the current flight. */
  get state(): FlightState {
    return this.#state;
  }

  /** When the flight has to be sent again. */
  get nextTimeout(): Millis | undefined {
    return this.#nextTimeout;
  }

  /** The peer's flight is complete, and this is the answer to it. */
  transmit(flight: Flight, now: Millis): void {
    this.#flight = flight;
    this.#timeout = INITIAL_TIMEOUT;
    this.#timeouts = 0;
    this.#transmitAgain(now);
  }

  /** The peer has repeated a flight that was answered already: the answer may be lost. */
  handleRepeatedFlight(now: Millis): void {
    if (now - this.#sentAt >= MIN_RESEND_INTERVAL) this.#transmitAgain(now);
  }

  /** The handshake is over, and the peer's was the last flight: there is nothing left to send again. */
  finish(): void {
    this.#flight = undefined;
    this.#enter("FINISHED");
  }

  /** Sends the flight again if it is due. */
  handleTimeout(now: Millis): void {
    if (this.#nextTimeout === undefined || now < this.#nextTimeout) return;
    this.#timeouts++;
    this.#timeout = Math.min(this.#timeout * 2, MAX_TIMEOUT);
    this.#transmitAgain(now);
  }

  #transmitAgain(now: Millis): void {
    if (this.#flight === undefined) return;
    this.#enter("SENDING");
    this.#send(this.#flight, this.#datagramSize());
    this.#sentAt = now;
    this.#enter(this.#flight.last ? "FINISHED" : "WAITING");
    this.#nextTimeout = this.#flight.timed ? now + this.#timeout : undefined;
  }

  /** RFC 6347 section 4.1.1.1: where retransmissions stay without an answer, smaller records are tried. */
  #datagramSize(): number {
    return this.#timeouts > TIMEOUTS_BEFORE_SMALLER
      ? Math.min(this.#maxDatagramSize, SMALL_DATAGRAM)
      : this.#maxDatagramSize;
  }

  #enter(state: FlightState): void {
    this.#state = state;
    if (state === "FINISHED") this.#nextTimeout = undefined;
  }
}
