/** A bounds-checked cursor over bits, high to low. Like `Reader`, a read past the end gives zeros and clears `ok` for good. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #ok = true;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** False once a read went past the end, or the input was found bad. */
  get ok(): boolean {
    return this.#ok;
  }

  /** f(n) of the AV1 RTP specification: an unsigned number of up to 32 bits. */
  bits(count: number): number {
    if (this.#at + count > 8 * this.#bytes.length) {
      this.fail();
      return 0;
    }
    let value = 0;
    for (let i = 0; i < count; i++, this.#at++) {
      value = value * 2 + (this.#bytes[this.#at >> 3]! >> (7 - (this.#at & 7)) & 1);
    }
    return value;
  }

  /** One bit. */
  flag(): boolean {
    return this.bits(1) === 1;
  }

  /** ns(n): a number below `limit`, the lower ones in one bit less. */
  nonSymmetric(limit: number): number {
    const width = bitWidth(limit);
    const short = 2 ** width - limit;
    const value = this.bits(width - 1);
    return value < short ? value : value * 2 - short + this.bits(1);
  }

  /** Marks the input as bad. */
  fail(): void {
    this.#ok = false;
    this.#at = 8 * this.#bytes.length;
  }
}

/** A growing string of bits, high to low. */
export class BitWriter {
  readonly #bytes: number[] = [];
  #length = 0;

  /** f(n). */
  bits(count: number, value: number): void {
    for (let i = count - 1; i >= 0; i--, this.#length++) {
      if ((this.#length & 7) === 0) this.#bytes.push(0);
      const bit = Math.floor(value / 2 ** i) & 1;
      this.#bytes[this.#length >> 3]! |= bit << (7 - (this.#length & 7));
    }
  }

  /** One bit. */
  flag(value: boolean): void {
    this.bits(1, value ? 1 : 0);
  }

  /** ns(n). */
  nonSymmetric(limit: number, value: number): void {
    const width = bitWidth(limit);
    const short = 2 ** width - limit;
    if (value < short) this.bits(width - 1, value);
    else this.bits(width, value + short);
  }

  /** The bits, padded with zeros to whole bytes. */
  finish(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes);
  }
}

function bitWidth(value: number): number {
  return 32 - Math.clz32(value);
}
