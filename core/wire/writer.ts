const encoder = new TextEncoder();

/**
 * A growing buffer of big-endian fields.
 *
 * @example
 * ```ts
 * import { Writer } from "@heron/webrtc/core";
 * import { assertEquals } from "@std/assert";
 *
 * const writer = new Writer();
 * writer.u8(1);
 * writer.vector16(() => writer.text("hi"));
 * assertEquals([...writer.finish()], [1, 0, 2, 104, 105]);
 * ```
 */
export class Writer {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  /** `capacity` is only where growing begins. */
  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** Writes one byte. */
  u8(value: number): void {
    const at = this.#grow(1);
    this.#bytes[at] = value;
  }

  /** Writes two bytes. */
  u16(value: number): void {
    const at = this.#grow(2);
    this.#view.setUint16(at, value);
  }

  /** Writes three bytes. */
  u24(value: number): void {
    const at = this.#grow(3);
    this.#bytes[at] = value >>> 16;
    this.#view.setUint16(at + 1, value & 0xffff);
  }

  /** Writes four bytes. */
  u32(value: number): void {
    const at = this.#grow(4);
    this.#view.setUint32(at, value);
  }

  /** Writes six bytes: an integer below 2^48. */
  u48(value: number): void {
    const at = this.#grow(6);
    this.#view.setUint16(at, Math.floor(value / 0x1_0000_0000));
    this.#view.setUint32(at + 2, value % 0x1_0000_0000);
  }

  /** Writes eight bytes. */
  u64(value: bigint): void {
    const at = this.#grow(8);
    this.#view.setBigUint64(at, value);
  }

  /** Copies bytes in. */
  bytes(value: Uint8Array): void {
    const at = this.#grow(value.length);
    this.#bytes.set(value, at);
  }

  /** Writes text as UTF-8; returns how many bytes it took. */
  text(value: string): number {
    const encoded = encoder.encode(value);
    this.bytes(encoded);
    return encoded.length;
  }

  /** Writes `count` zero bytes. */
  zeros(count: number): void {
    const at = this.#grow(count);
    this.#bytes.fill(0, at, at + count);
  }

  /** Pads with zeros to a multiple of `alignment`, counted from `start`. */
  align(alignment: number, start = 0): void {
    const over = (this.#length - start) % alignment;
    if (over !== 0) this.zeros(alignment - over);
  }

  /** Writes what `write` writes, behind its length in one byte. */
  vector8(write: () => void): void {
    this.u8(0);
    const start = this.#length;
    write();
    this.#check(this.#length - start, 0xff);
    this.#bytes[start - 1] = this.#length - start;
  }

  /** Writes what `write` writes, behind its length in two bytes. */
  vector16(write: () => void): void {
    this.u16(0);
    const start = this.#length;
    write();
    this.#check(this.#length - start, 0xffff);
    this.#view.setUint16(start - 2, this.#length - start);
  }

  /** Writes what `write` writes, behind its length in three bytes. */
  vector24(write: () => void): void {
    this.u24(0);
    const start = this.#length;
    write();
    const length = this.#length - start;
    this.#check(length, 0xff_ffff);
    this.#bytes[start - 3] = length >>> 16;
    this.#view.setUint16(start - 2, length & 0xffff);
  }

  /** Overwrites two bytes that were written before. */
  patchU16(at: number, value: number): void {
    this.#view.setUint16(at, value);
  }

  /** What was written, as a view of the buffer: writing on may overwrite it. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  #check(length: number, max: number): void {
    if (length > max) {
      throw new RangeError(`A vector of ${length} bytes exceeds its limit of ${max}`);
    }
  }

  #grow(count: number): number {
    const at = this.#length;
    const needed = at + count;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#length = needed;
    return at;
  }
}
