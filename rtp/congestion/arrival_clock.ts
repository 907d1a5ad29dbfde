import type { Millis } from "../../core/stage/mod.ts";

/** A receiver's clock, unwrapped from the field of so many bits that feedback carries. */
export class ArrivalClock {
  readonly #unused: number;
  readonly #unit: number;
  #last: number | undefined;
  #ticks = 0;

  /** `unit` is how many milliseconds one step of the field stands for. */
  constructor(bits: number, unit: number) {
    this.#unused = 32 - bits;
    this.#unit = unit;
  }

  /** The time that `field` stands for, taken as near as possible to the one before; its zero is the first one. */
  unwrap(field: number): Millis {
    const ahead = (field - (this.#last ?? field)) << this.#unused >> this.#unused;
    this.#last = field;
    this.#ticks += ahead;
    return this.#ticks * this.#unit;
  }
}
