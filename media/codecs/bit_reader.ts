/** Reads bits from the most significant on. Past the end there are zeros, and `exhausted` says so: what was read means nothing then. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether more was asked for than there is. */
  get exhausted(): boolean {
    return this.#at > this.#bytes.length * 8;
  }

  /** An unsigned number of `count` bits, 0 to 32. */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.#at++) {
      const byte = this.#bytes[this.#at >> 3] ?? 0;
      value = value * 2 + (byte >> (7 - (this.#at & 7)) & 1);
    }
    return value;
  }

  flag(): boolean {
    return this.bits(1) === 1;
  }

  skip(count: number): void {
    this.#at += count;
  }

  /** ue(v) of H.264 and H.265 (section 9.1 of the former), which is uvlc() of AV1 as well. */
  unsignedGolomb(): number {
    let zeros = 0;
    while (zeros < 32 && !this.exhausted && !this.flag()) zeros++;
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** se(v) of H.264 and H.265. */
  signedGolomb(): number {
    const value = this.unsignedGolomb();
    return value % 2 === 0 ? -value / 2 : (value + 1) / 2;
  }
}

/** What a NAL unit carries, without the bytes that keep start codes out of it (H.264 section 7.4.1). */
export function unescapeNal(unit: Uint8Array): Uint8Array {
  const bytes: number[] = [];
  let zeros = 0;
  for (const byte of unit) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
