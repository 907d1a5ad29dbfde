/** Something that is used again for every batch. */
export interface Place {
  /** Lets go of the bytes, which would otherwise live until the next batch. */
  release(): void;
}

/** A reusable list of places that grows up to the largest batch, so that a packet costs no object of its own. */
export class Pool<T extends Place> {
  readonly #make: () => T;
  readonly #all: T[] = [];
  #used: T[] = [];

  constructor(make: () => T) {
    this.#make = make;
  }

  /** The places in use, in order. */
  get used(): readonly T[] {
    return this.#used;
  }

  /** Takes one more place. */
  take(): T {
    const at = this.#used.length;
    const place = this.#all[at] ?? (this.#all[at] = this.#make());
    this.#used.push(place);
    return place;
  }

  /** Empties every place. */
  clear(): void {
    for (const place of this.#used) place.release();
    this.#used.length = 0;
  }
}
