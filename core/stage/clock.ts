import type { Millis } from "./layer.ts";

/** Where a `Stage` gets its time from. Tests pass a virtual one. */
export interface Clock {
  /** The monotonic time. */
  now(): Millis;
  /** Calls `run` once, no earlier than `delay` milliseconds from now. What it returns cancels that; after the run it does nothing. */
  after(delay: Millis, run: () => void): () => void;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delay, run) {
    const timer = setTimeout(run, delay);
    return () => clearTimeout(timer);
  },
};
