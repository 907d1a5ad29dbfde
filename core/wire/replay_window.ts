/**
 * The sliding window that tells replayed records from new ones (RFC 6347 section 4.1.2.6, RFC 3711 section 3.3.2).
 *
 * Numbers are exact integers below 2^53. The window must move only for what has been authenticated: ask
 * {@linkcode ReplayWindow.isNew} first, authenticate, then {@linkcode ReplayWindow.accept}.
 */
export class ReplayWindow {
  /** How many numbers behind the highest are still told apart. */
  readonly size: number;
  readonly #seen: Uint32Array;
  #highest = -1;

  /** `size` is rounded up to a multiple of 32; RFC 6347 recommends 64 or more. */
  constructor(size = 256) {
    this.size = Math.ceil(size / 32) * 32;
    this.#seen = new Uint32Array(this.size / 32);
  }

  /** The highest number accepted, or -1. */
  get highest(): number {
    return this.#highest;
  }

  /** Whether the number has not been accepted yet and is not too old to tell. */
  isNew(number: number): boolean {
    if (number > this.#highest) return true;
    if (number <= this.#highest - this.size) return false;
    const bit = number % this.size;
    return (this.#seen[bit >>> 5]! & (1 << (bit & 31))) === 0;
  }

  /** Marks an authenticated number as seen. */
  accept(number: number): void {
    if (number > this.#highest) {
      if (number - this.#highest >= this.size) this.#seen.fill(0);
      else for (let n = this.#highest + 1; n < number; n++) this.#mark(n, false);
      this.#highest = number;
    }
    this.#mark(number, true);
  }

  #mark(number: number, seen: boolean): void {
    const bit = number % this.size;
    const mask = 1 << (bit & 31);
    if (seen) this.#seen[bit >>> 5]! |= mask;
    else this.#seen[bit >>> 5]! &= ~mask;
  }
}
