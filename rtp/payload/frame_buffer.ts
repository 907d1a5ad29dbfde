/** Memory that is kept from frame to frame; what a large key frame took beyond that is given back. */
const KEPT_CAPACITY = 256 * 1024;

/** Where a frame grows, piece by piece. */
export class FrameBuffer {
  #bytes = new Uint8Array(4096);
  #length = 0;

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of memory that it has. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /** The bytes so far, as a view that is good until the next call. */
  get view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Adds one byte. */
  byte(value: number): void {
    const at = this.#grow(1);
    this.#bytes[at] = value;
  }

  /** Adds bytes. */
  append(bytes: Uint8Array): void {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** The frame, copied out; the buffer is empty then. */
  take(): Uint8Array<ArrayBuffer> {
    const frame = this.#bytes.slice(0, this.#length);
    this.clear();
    return frame;
  }

  /** Forgets everything. */
  clear(): void {
    this.#length = 0;
    if (this.#bytes.length > KEPT_CAPACITY) this.#bytes = new Uint8Array(KEPT_CAPACITY);
  }

  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
    }
    return at;
  }
}
