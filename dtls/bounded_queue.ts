/** Byte strings that wait for something, up to a number and a total size. */
export class BoundedQueue {
  readonly #maxItems: number;
  readonly #maxBytes: number;
  #items: Uint8Array[] = [];
  #bytes = 0;

  constructor(maxItems: number, maxBytes: number) {
    this.#maxItems = maxItems;
    this.#maxBytes = maxBytes;
  }

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes a copy, since the bytes may be a view of a larger buffer; false if there is no room. */
  push(item: Uint8Array): boolean {
    if (this.#items.length >= this.#maxItems || this.#bytes + item.length > this.#maxBytes) {
      return false;
    }
    this.#items.push(item.slice());
    this.#bytes += item.length;
    return true;
  }

  /** Returns what waits, and forgets it. */
  take(): readonly Uint8Array[] {
    const items = this.#items;
    this.#items = [];
    this.#bytes = 0;
    return items;
  }
}
