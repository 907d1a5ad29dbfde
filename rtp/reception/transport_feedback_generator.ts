import { Discards, type Millis } from "../../core/stage/mod.ts";
import { diff16 } from "../../core/wire/mod.ts";
import { statusOfDelta, type TransportFeedback } from "../rtcp/mod.ts";

/** Sequence numbers whose arrival is remembered: 100 Mb/s for almost a second. */
export const FEEDBACK_WINDOW = 8192;

/** A packet that is further behind what feedback has told of is not told of any more: every late one has all behind it told again. */
export const FEEDBACK_REACH = 1024;

/** Received packets that one feedback tells of: at six bytes for each at most, it fits a compound of 1200 bytes. */
export const MAX_RECEIVED_PER_FEEDBACK = 170;

/** How often feedback is sent, by default; libwebrtc's rate lies between 50 and 250 ms. */
export const FEEDBACK_INTERVAL: Millis = 100;

/** 250 us in a millisecond. */
const TICKS_PER_MILLI = 4;

/** Ticks in 64 ms, the unit of the reference time. */
const TICKS_PER_REFERENCE = 256;

/** Why a number was dropped. */
export type ArrivalDiscard =
  /** The packet was there already. */
  | "duplicate"
  /** So far behind the others that its arrival is forgotten. */
  | "too old";

/**
 * Tells the sender when each packet of the transport arrived (draft-holmer-rmcat-transport-wide-cc-extensions-01). A packet that arrives
 * after feedback called it missing is told of again, with those behind it. Memory is one number for each of the last
 * {@linkcode FEEDBACK_WINDOW} sequence numbers.
 */
export class TransportFeedbackGenerator {
  /** What was dropped. */
  readonly discards: Discards<ArrivalDiscard> = new Discards();
  readonly #senderSsrc: number;
  readonly #interval: Millis;
  /** Arrival by extended sequence number, in ticks; NaN for none. */
  readonly #arrivals: Float64Array = new Float64Array(FEEDBACK_WINDOW).fill(NaN);
  #mediaSsrc = 0;
  #highest: number | undefined;
  /** The first number that feedback has yet to tell of. */
  #begin = 0;
  #count = 0;
  #nextTimeout: Millis | undefined;

  /** `senderSsrc` is our own. */
  constructor(senderSsrc: number, interval: Millis = FEEDBACK_INTERVAL) {
    this.#senderSsrc = senderSsrc;
    this.#interval = interval;
  }

  /** When {@linkcode TransportFeedbackGenerator.take} wants to be called. */
  get nextTimeout(): Millis | undefined {
    return this.#nextTimeout;
  }

  /** Takes the transport-wide number of a packet that arrived, in the stream `mediaSsrc`. */
  arrived(sequenceNumber: number, mediaSsrc: number, now: Millis): void {
    const sequence = this.#extend(sequenceNumber);
    const at = sequence % FEEDBACK_WINDOW;
    if (
      sequence <= this.#highest! - FEEDBACK_WINDOW || sequence < this.#begin - FEEDBACK_REACH
    ) return this.discards.add("too old");
    if (!Number.isNaN(this.#arrivals[at]!)) return this.discards.add("duplicate");
    this.#arrivals[at] = Math.round(now * TICKS_PER_MILLI);
    if (sequence < this.#begin) this.#begin = sequence;
    this.#mediaSsrc = mediaSsrc;
    this.#nextTimeout ??= now + this.#interval;
  }

  /** The feedback that is due at `now`. */
  take(now: Millis): TransportFeedback[] {
    if (this.#nextTimeout === undefined || this.#nextTimeout > now) return [];
    this.#nextTimeout = undefined;
    const feedback: TransportFeedback[] = [];
    while (this.#begin <= this.#highest!) {
      const one = this.#build();
      if (one === undefined) break;
      feedback.push(one);
    }
    return feedback;
  }

  /** Extends a number; forgets what falls out of the window. The first number begins in the second cycle, so that none is negative. */
  #extend(sequenceNumber: number): number {
    const highest = this.#highest;
    if (highest === undefined) return this.#highest = this.#begin = sequenceNumber + 0x10000;
    const sequence = highest + diff16(sequenceNumber, highest & 0xffff);
    if (sequence > highest) {
      const first = Math.max(highest + 1, sequence - FEEDBACK_WINDOW + 1);
      for (let i = first; i <= sequence; i++) this.#arrivals[i % FEEDBACK_WINDOW] = NaN;
      this.#highest = sequence;
      this.#begin = Math.max(this.#begin, sequence - FEEDBACK_WINDOW + 1);
    }
    return sequence;
  }

  /** One packet of feedback from `#begin` on, up to as much as fits; undefined if there is nothing. */
  #build(): TransportFeedback | undefined {
    const base = this.#firstArrival();
    if (base === undefined) return undefined;
    // Numbers before the first one that arrived are part of the feedback, as not received.
    const begin = this.#begin;
    const reference = Math.floor(this.#arrivals[base % FEEDBACK_WINDOW]! / TICKS_PER_REFERENCE);
    const limit = this.#highest! + 1 - begin;
    const statuses = new Uint8Array(limit);
    const deltas = new Int16Array(limit);
    let previous = reference * TICKS_PER_REFERENCE;
    let received = 0;
    let end = 0;
    for (let i = base - begin; i < limit && received < MAX_RECEIVED_PER_FEEDBACK; i++) {
      const arrival = this.#arrivals[(begin + i) % FEEDBACK_WINDOW]!;
      if (Number.isNaN(arrival)) continue;
      const status = statusOfDelta(arrival - previous);
      // What is too far from the one before goes into feedback of its own.
      if (status === undefined) break;
      statuses[i] = status;
      deltas[i] = arrival - previous;
      previous = arrival;
      received++;
      end = i + 1;
    }
    this.#begin = begin + end;
    return {
      type: "TWCC",
      senderSsrc: this.#senderSsrc,
      mediaSsrc: this.#mediaSsrc,
      baseSequence: begin & 0xffff,
      referenceTime: reference << 8 >> 8,
      feedbackCount: this.#count++ & 0xff,
      statuses: statuses.subarray(0, end),
      deltas: deltas.subarray(0, end),
    };
  }

  #firstArrival(): number | undefined {
    for (let i = this.#begin; i <= this.#highest!; i++) {
      if (!Number.isNaN(this.#arrivals[i % FEEDBACK_WINDOW]!)) return i;
    }
    return undefined;
  }
}
