import type { Millis } from "../../core/stage/mod.ts";

/** The most packets that are asked for at a time; of a larger loss only the newest. Fewer than `MAX_NACKED`, so one NACK holds them. */
export const MAX_MISSING = 1000;

/** How often a packet is asked for. */
export const MAX_NACK_RETRIES = 10;

/** How long a packet that is missing may just have been overtaken. */
export const NACK_REORDER_DELAY: Millis = 5;

/** Before a round trip has been measured. */
export const DEFAULT_NACK_RTT: Millis = 100;

/** No packet is asked for again sooner: round trips of a local network are shorter than what timers and batches add. */
const MIN_NACK_INTERVAL: Millis = 20;

/** In round trips, when a packet is asked for again: asked for after just one, it would often be on its way. */
const RETRY_FACTOR = 1.25;

/** How a {@linkcode NackGenerator} can be made otherwise. */
export interface NackOptions {
  /** Packets that are missing for longer are given up, by default after 1000 ms. */
  readonly giveUpAfter?: Millis;
  /** How long packets may be overtaken, by default 5 ms. */
  readonly reorderDelay?: Millis;
}

interface Missing {
  readonly since: Millis;
  askAt: Millis;
  retries: number;
}

/**
 * Decides which packets to ask for, and when (RFC 4585 section 6.2.1): after a moment in which they may have been overtaken only, and
 * again after each round trip, until they arrive or are too old to be of use. At most {@linkcode MAX_MISSING} packets.
 *
 * Sequence numbers are extended ones.
 */
export class NackGenerator {
  readonly #giveUpAfter: Millis;
  readonly #reorderDelay: Millis;
  /** In rising order, since they are found missing in that order. */
  readonly #missing = new Map<number, Missing>();
  #highest: number | undefined;
  #nextTimeout: Millis | undefined;
  #roundTrip: Millis = DEFAULT_NACK_RTT;
  #givenUp = 0;

  /** Without options: as it suits a call. */
  constructor(options: NackOptions = {}) {
    this.#giveUpAfter = options.giveUpAfter ?? 1000;
    this.#reorderDelay = options.reorderDelay ?? NACK_REORDER_DELAY;
  }

  /** How many packets are missing. */
  get size(): number {
    return this.#missing.size;
  }

  /** Packets that were given up so far: a key frame is needed then, unless they were of no frame that others refer to. */
  get givenUp(): number {
    return this.#givenUp;
  }

  /** When {@linkcode NackGenerator.take} wants to be called. */
  get nextTimeout(): Millis | undefined {
    return this.#nextTimeout;
  }

  /** Sets the round trip, in which no packet is asked for twice. */
  setRoundTrip(millis: Millis): void {
    this.#roundTrip = millis;
  }

  /** Takes the number of a packet that arrived, also of one that was sent again or recovered. */
  received(sequence: number, now: Millis): void {
    const highest = this.#highest;
    if (highest === undefined) {
      this.#highest = sequence;
    } else if (sequence <= highest) {
      if (this.#missing.delete(sequence) && this.#missing.size === 0) this.#nextTimeout = undefined;
    } else {
      this.#highest = sequence;
      if (sequence > highest + 1) this.#miss(highest + 1, sequence, now);
    }
  }

  /** Packets before this one are of no use any more. */
  forgetBefore(sequence: number): void {
    for (const missing of this.#missing.keys()) {
      if (missing >= sequence) break;
      this.#giveUp(missing);
    }
    if (this.#missing.size === 0) this.#nextTimeout = undefined;
  }

  /** Forgets everything, for a source that has restarted. */
  reset(): void {
    this.#missing.clear();
    this.#highest = undefined;
    this.#nextTimeout = undefined;
  }

  /** The packets to ask for now: 16-bit sequence numbers in rising order, none of them twice within a round trip. */
  take(now: Millis): number[] {
    const lost: number[] = [];
    if (this.#nextTimeout === undefined || this.#nextTimeout > now) return lost;
    let next: Millis | undefined;
    for (const [sequence, missing] of this.#missing) {
      if (missing.askAt <= now) {
        if (now - missing.since >= this.#giveUpAfter || missing.retries === MAX_NACK_RETRIES) {
          this.#giveUp(sequence);
          continue;
        }
        missing.retries++;
        missing.askAt = now + Math.max(RETRY_FACTOR * this.#roundTrip, MIN_NACK_INTERVAL);
        lost.push(sequence & 0xffff);
      }
      if (next === undefined || missing.askAt < next) next = missing.askAt;
    }
    this.#nextTimeout = next;
    return lost;
  }

  #miss(from: number, to: number, now: Millis): void {
    const first = Math.max(from, to - MAX_MISSING);
    this.#givenUp += first - from;
    for (const oldest of this.#missing.keys()) {
      if (this.#missing.size + to - first <= MAX_MISSING) break;
      this.#giveUp(oldest);
    }
    const askAt = now + this.#reorderDelay;
    for (let sequence = first; sequence < to; sequence++) {
      this.#missing.set(sequence, { since: now, askAt, retries: 0 });
    }
    if (this.#nextTimeout === undefined || askAt < this.#nextTimeout) this.#nextTimeout = askAt;
  }

  #giveUp(sequence: number): void {
    this.#missing.delete(sequence);
    this.#givenUp++;
  }
}
