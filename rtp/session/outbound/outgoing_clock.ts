import type { Millis } from "../../../core/stage/mod.ts";
import type { SendStream } from "../../transmission/mod.ts";

/** Media time that runs ahead of, or falls behind, the wall clock by more begins anew: it is another source's, or a seek. */
export const MAX_CLOCK_JUMP: Millis = 10_000;

/** Media time may go back a little: pictures are presented in another order than they are sent. */
const MAX_BACKWARDS: Millis = 1000;

/** Timestamps have 32 bits. */
const WRAP = 2 ** 32;

/** Makes RTP timestamps of media time (RFC 3550 section 5.1): steady across sources and clock rates. */
export class OutgoingClock {
  /** The last frame's time, its RTP timestamp with the part of a tick that it leaves out, and when it was sent. */
  #micros: number | undefined;
  #timestamp: number;
  #at: Millis | undefined;

  /** Begins at random, or where a stream that was sent before has come to. */
  constructor({ timestampOffset, last }: Pick<SendStream, "timestampOffset" | "last">) {
    this.#timestamp = last?.timestamp ?? timestampOffset;
    this.#at = last?.at;
  }

  /** The RTP timestamp of a frame of this moment, in microseconds, that is sent now. */
  timestampOf(micros: number, clockRate: number, now: Millis): number {
    const real = now - (this.#at ?? now);
    let elapsed = this.#micros === undefined ? real : (micros - this.#micros) / 1000;
    if (elapsed < -MAX_BACKWARDS || Math.abs(elapsed - real) > MAX_CLOCK_JUMP) elapsed = real;
    // Deviation: RFC 7160 section 4.1 asks for another SSRC with each clock rate. Like browsers, we keep it, and the timestamp goes on
    // from the last frame (section 4.2).
    this.#timestamp = this.#after(elapsed, clockRate);
    this.#micros = micros;
    this.#at = now;
    return Math.round(this.#timestamp) >>> 0;
  }

  /** The RTP timestamp of this moment, for what is not media of the source: a clock that runs is not moved by it. */
  timestampAt(now: Millis, clockRate: number): number {
    this.#at ??= now;
    return Math.round(this.#after(now - this.#at, clockRate)) >>> 0;
  }

  #after(elapsed: Millis, clockRate: number): number {
    return (this.#timestamp + elapsed * clockRate / 1000 + WRAP) % WRAP;
  }
}
