import type { Millis } from "./layer.ts";

/** Where a `Stage` gets its time from. Tests pass a virtual one. */
export interface Clock {
  /** The monotonic time. */
  now(): Millis;
  /** Calls `run` once, no earlier than `delay` milliseconds from now. What it returns cancels that; after the run it does nothing. */
  after(delay: Millis, run: () => void): () => void;
}

/** A timer of the machine takes no longer delay: 31 bits of milliseconds. Of more it makes one millisecond. */
const MAX_DELAY: Millis = 2 ** 31 - 1;

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delay, run) {
    if (delay > MAX_DELAY) return inParts(delay, run);
    const timer = setTimeout(run, delay);
    return () => clearTimeout(timer);
  },
};

function inParts(delay: Millis, run: () => void): () => void {
  const waitOn = () => cancel = systemClock.after(delay - MAX_DELAY, run);
  let cancel = systemClock.after(MAX_DELAY, waitOn);
  return () => cancel();
}
