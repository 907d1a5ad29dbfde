/** A queue over a ring, whose ends cost O(1). */
export class Deque<T> {
  #ring: (T | undefined)[] = new Array(8);
  #head = 0;
  #length = 0;

  /** How many items there are. */
  get length(): number {
    return this.#length;
  }

  /** The first item, which stays. */
  peek(): T | undefined {
    return this.#length === 0 ? undefined : this.#ring[this.#head];
  }

  /** The last item, which stays. */
  peekLast(): T | undefined {
    return this.#length === 0
      ? undefined
      : this.#ring[(this.#head + this.#length - 1) & (this.#ring.length - 1)];
  }

  /** The items, from the first on. */
  *[Symbol.iterator](): Generator<T> {
    for (let i = 0; i < this.#length; i++) {
      yield this.#ring[(this.#head + i) & (this.#ring.length - 1)]!;
    }
  }

  /** Appends an item. */
  push(item: T): void {
    if (this.#length === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#length) & (this.#ring.length - 1)] = item;
    this.#length++;
  }

  /** Removes and returns the first item. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#length--;
    return item;
  }

  /** Removes everything, and the ring with it. */
  clear(): void {
    this.#ring = new Array(8);
    this.#head = 0;
    this.#length = 0;
  }

  #grow(): void {
    const ring = new Array<T | undefined>(this.#ring.length * 2);
    for (let i = 0; i < this.#length; i++) {
      ring[i] = this.#ring[(this.#head + i) & (this.#ring.length - 1)];
    }
    this.#ring = ring;
    this.#head = 0;
  }
}
