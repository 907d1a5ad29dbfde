import type { Millis } from "../../core/stage/mod.ts";
import type { ArrivedPacket } from "./packet_result.ts";

/** What is assumed before anything is known, in ms. libwebrtc's number. */
const INITIAL_ROUND_TRIP = 200;

/** A round trip above this is not believed, in ms. */
const MAX_ROUND_TRIP = 10_000;

/** The weight of a new measurement, as in RFC 6298 section 2. */
const WEIGHT = 1 / 8;

/** Over so many ms, and up to twice as long, the shortest round trip is remembered: routes change. */
const MINIMUM_PERIOD = 15_000;

/** The round trip, without the time that feedback waited at the receiver for more packets to report on. */
export class RoundTripTime {
  #smoothed: Millis | undefined;
  #latest = 0;
  #shortest = Infinity;
  #shortestBefore = Infinity;
  #periodEnds: Millis = -Infinity;

  /** In ms; 200 until it is known. */
  get value(): Millis {
    return this.#smoothed ?? INITIAL_ROUND_TRIP;
  }

  /** How much longer the last round trip was than the shortest lately: the time spent in queues, in ms. */
  get queueing(): Millis {
    return Math.max(0, this.#latest - Math.min(this.#shortest, this.#shortestBefore));
  }

  /** Takes the packets that one feedback says arrived, in that order. */
  update(packets: readonly ArrivedPacket[], now: Millis): void {
    const last = packets[packets.length - 1];
    if (last === undefined) return;
    let shortest = Infinity;
    for (const { sentAt, receivedAt } of packets) {
      shortest = Math.min(shortest, now - sentAt - (last.receivedAt - receivedAt));
    }
    const measured = Math.min(Math.max(shortest, 0), MAX_ROUND_TRIP);
    this.#smoothed = this.#smoothed === undefined
      ? measured
      : this.#smoothed + WEIGHT * (measured - this.#smoothed);
    this.#remember(measured, now);
  }

  #remember(measured: Millis, now: Millis): void {
    if (now >= this.#periodEnds) {
      this.#periodEnds = now + MINIMUM_PERIOD;
      this.#shortestBefore = this.#shortest;
      this.#shortest = Infinity;
    }
    this.#latest = measured;
    this.#shortest = Math.min(this.#shortest, measured);
  }
}
