import type { Millis } from "../../core/stage/mod.ts";
import { diff32 } from "../../core/wire/mod.ts";

/** The least of so many samples tells of a queue (RFC 9406 section 4.3: N_RTT_SAMPLE), or that of a round, if it has fewer. */
const ENOUGH_SAMPLES = 8;

/** A queue is what adds an eighth to the round trip, within these bounds (RFC 9406 section 4.3: MIN_RTT_THRESH, MAX_RTT_THRESH). */
const MIN_QUEUEING: Millis = 4;
const MAX_QUEUEING: Millis = 16;

/**
 * Round trips, one after the other, and whether packets wait in a queue meanwhile: what the least of the latest round-trip times has
 * above the least of all. The least, since a busy process answers late now and then, but a queue delays every packet.
 */
export class Round {
  #lastTsn: number;
  #least: Millis = Infinity;
  #samples = 0;
  /** Whether this round has said its word on `queueing`. */
  #concluded = false;
  #queueing: Millis = 0;
  #pathRtt: Millis = 0;

  /** The first round is over once this TSN is acknowledged. */
  constructor(lastTsn: number) {
    this.#lastTsn = lastTsn;
  }

  /** Takes a round-trip time; `pathRtt` is the least of all. */
  measure(rtt: Millis, pathRtt: Millis): void {
    this.#pathRtt = pathRtt;
    this.#least = Math.min(this.#least, rtt);
    if (++this.#samples >= ENOUGH_SAMPLES) this.#conclude();
  }

  /** Begins the next round if this one is over, and tells so; `lastTsn` is the last one sent. */
  advancedTo(cumulativeTsnAck: number, lastTsn: number): boolean {
    if (diff32(cumulativeTsnAck, this.#lastTsn) < 0) return false;
    if (!this.#concluded && this.#samples > 0) this.#conclude();
    this.#concluded = false;
    this.#lastTsn = lastTsn;
    return true;
  }

  /** Whether there is a queue. */
  get queues(): boolean {
    return this.#queueing > Math.min(Math.max(this.#pathRtt / 8, MIN_QUEUEING), MAX_QUEUEING);
  }

  /** The share of what is in flight that the path would hold without a queue: above 0, at most 1. */
  get pathShare(): number {
    return this.#queueing <= 0 ? 1 : this.#pathRtt / (this.#pathRtt + this.#queueing);
  }

  #conclude(): void {
    this.#queueing = this.#least - this.#pathRtt;
    this.#least = Infinity;
    this.#samples = 0;
    this.#concluded = true;
  }
}
