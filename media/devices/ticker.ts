import type { Clock, Millis } from "../../core/stage/mod.ts";

/** Further behind than this, a device skips what it should have shown: the process was stopped, or the machine asleep. */
const MAX_LAG: Millis = 500;

/** Calls something at an even rate, of which it makes up for short delays. */
export class Ticker {
  readonly #clock: Clock;
  readonly #interval: Millis;
  readonly #tick: (due: Millis) => void;
  #due: Millis;
  #cancel: () => void;

  /** Calls `tick` at once (from a timer), and then every `interval` milliseconds. */
  constructor(clock: Clock, interval: Millis, tick: (due: Millis) => void) {
    this.#clock = clock;
    this.#interval = interval;
    this.#tick = tick;
    this.#due = clock.now();
    this.#cancel = clock.after(0, () => this.#run());
  }

  /** Ends it. */
  stop(): void {
    this.#cancel();
  }

  #run(): void {
    const now = this.#clock.now();
    if (now - this.#due > MAX_LAG) this.#due = now;
    let stopped = false;
    this.#cancel = () => stopped = true;
    while (this.#due <= now && !stopped) {
      this.#tick(this.#due);
      this.#due += this.#interval;
    }
    if (!stopped) this.#cancel = this.#clock.after(this.#due - now, () => this.#run());
  }
}
