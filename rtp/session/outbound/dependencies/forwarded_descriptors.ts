import type { FrameCounter } from "./frame_counter.ts";

/** Bytes that every descriptor has (AV1 RTP specification section A.8.2). */
const MANDATORY_LENGTH = 3;

/**
 * Makes the frame numbers of changing sources one row: with those of a new source behind all that were sent, for a receiver drops what seems
 * to be older. What else a descriptor says is relative to its number, or to the structure, which comes with the source's key frame.
 */
export class ForwardedDescriptors {
  readonly #counter: FrameCounter;
  #run: number | undefined;
  #offset = 0;
  /** The number that follows, unless others have been given since. */
  #next: number | undefined;

  /** `counter` numbers all frames of the stream. */
  constructor(counter: FrameCounter) {
    this.#counter = counter;
  }

  /** A descriptor as the stream has it; `run` is another one for each source, and for each piece of one. Forwarded copies share the original. */
  rewrite(data: Uint8Array, run: number): Uint8Array {
    if (data.length < MANDATORY_LENGTH) return data;
    const original = data[1]! << 8 | data[2]!;
    if (run !== this.#run || this.#counter.next !== this.#next) {
      this.#run = run;
      this.#offset = this.#counter.next - original;
    }
    const number = (original + this.#offset) & 0xffff;
    this.#counter.reach(this.#counter.unwrap(number));
    this.#next = this.#counter.next;
    const rewritten = data.slice();
    rewritten[1] = number >> 8;
    rewritten[2] = number & 0xff;
    return rewritten;
  }
}
