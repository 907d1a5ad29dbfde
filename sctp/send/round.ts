import type { Millis } from "../../core/stage/mod.ts";
import { diff32 } from "../../core/wire/mod.ts";

/** The least of so many samples tells of a queue (RFC 9406 section 4.3: N_RTT_SAMPLE). */
const ENOUGH_SAMPLES = 8;

/** A queue is what adds an eighth to the round trip, within these bounds (RFC 9406 section 4.3: MIN_RTT_THRESH, MAX_RTT_THRESH). */
const MIN_QUEUEING: Millis = 4;
const MAX_QUEUEING: Millis = 16;

/**
 * Round trips, one after the other, and whether packets wait in a queue meanwhile: what the least of several round-trip times has above
 * the least of all. The least, since a busy process answers late now and then, but a queue delays every packet.
 */
export class Round {
  #lastTsn: number;
  #pathRtt: Millis = 0;
  readonly #latest = new Least();
  /** Whether this round has said its word on `queueing`. */
  #concluded = false;
  #queueing: Millis = 0;
  readonly #whole = new Least();
  #standing: Millis = 0;

  /** The first round is over once this TSN is acknowledged. */
  constructor(lastTsn: number) {
    this.#lastTsn = lastTsn;
  }

  /** Takes a round-trip time; `pathRtt` is the least of all. */
  measure(rtt: Millis, pathRtt: Millis): void {
    this.#pathRtt = pathRtt;
    this.#whole.add(rtt);
    this.#latest.add(rtt);
    if (this.#latest.count >= ENOUGH_SAMPLES) this.#conclude();
  }

  /** Begins the next round if this one is over, and tells so; `lastTsn` is the last one sent. */
  advancedTo(cumulativeTsnAck: number, lastTsn: number): boolean {
    if (diff32(cumulativeTsnAck, this.#lastTsn) < 0) return false;
    if (!this.#concluded && this.#latest.count > 0) this.#conclude();
    this.#concluded = false;
    this.#standing = this.#whole.count < ENOUGH_SAMPLES ? 0 : this.#whole.take() - this.#pathRtt;
    this.#lastTsn = lastTsn;
    return true;
  }

  /** Whether there is a queue, as the latest eight round-trip times tell, or those of a round that had fewer. */
  get queues(): boolean {
    return this.#queueing > Math.min(Math.max(this.#pathRtt / 8, MIN_QUEUEING), MAX_QUEUEING);
  }

  /** The share of what is in flight that the path would hold without that queue: above 0, at most 1. */
  get pathShare(): number {
    return this.#shareBeside(this.#queueing);
  }

  /** The same of a queue that has stood all through the last round, however long it took to have eight round-trip times; 1 if none has. */
  get shareBesideStanding(): number {
    return this.#standing < MIN_QUEUEING ? 1 : this.#shareBeside(this.#standing);
  }

  #shareBeside(queueing: Millis): number {
    return queueing <= 0 ? 1 : this.#pathRtt / (this.#pathRtt + queueing);
  }

  #conclude(): void {
    this.#queueing = this.#latest.take() - this.#pathRtt;
    this.#concluded = true;
  }
}

/** The least of some round-trip times. */
class Least {
  count = 0;
  #least: Millis = Infinity;

  add(rtt: Millis): void {
    this.count++;
    if (rtt < this.#least) this.#least = rtt;
  }

  /** Returns it, and begins anew. */
  take(): Millis {
    const least = this.#least;
    this.#least = Infinity;
    this.count = 0;
    return least;
  }
}
