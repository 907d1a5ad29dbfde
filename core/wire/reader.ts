const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * A bounds-checked cursor over bytes that a peer sent, big-endian.
 *
 * A read past the end does not throw: it returns zeros, empties the reader and clears {@linkcode Reader.ok} for good. So a parser
 * reads straight through and asks `ok` once. A loop over {@linkcode Reader.remaining} always ends.
 *
 * @example
 * ```ts
 * import { Reader } from "@heron/webrtc/core";
 * import { assertEquals } from "@std/assert";
 *
 * const reader = new Reader(Uint8Array.of(0, 3, 7));
 * assertEquals(reader.u16(), 3);
 * assertEquals(reader.u8(), 7);
 * assertEquals(reader.ok, true);
 * assertEquals(reader.u32(), 0);
 * assertEquals(reader.ok, false);
 * ```
 */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  #at: number;
  #ok = true;

  /** Reads `bytes` from `start` (0 by default) up to `end` (their end by default). */
  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = Math.min(Math.max(end, 0), bytes.length);
    this.#at = Math.min(Math.max(start, 0), this.#end);
  }

  /** False once a read went past the end. */
  get ok(): boolean {
    return this.#ok;
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.#end - this.#at;
  }

  /** Where the next read begins, counted from the start of the underlying bytes. */
  get offset(): number {
    return this.#at;
  }

  /** True if every read was within bounds and nothing is left over. */
  get complete(): boolean {
    return this.#ok && this.#at === this.#end;
  }

  /** One byte, not consumed; 0 at the end. */
  peek(ahead = 0): number {
    return this.#at + ahead < this.#end ? this.#bytes[this.#at + ahead]! : 0;
  }

  /** An unsigned integer of one byte. */
  u8(): number {
    const at = this.#take(1);
    return at < 0 ? 0 : this.#bytes[at]!;
  }

  /** An unsigned integer of two bytes. */
  u16(): number {
    const at = this.#take(2);
    return at < 0 ? 0 : this.#view.getUint16(at);
  }

  /** An unsigned integer of three bytes. */
  u24(): number {
    const at = this.#take(3);
    return at < 0 ? 0 : this.#bytes[at]! << 16 | this.#view.getUint16(at + 1);
  }

  /** An unsigned integer of four bytes. */
  u32(): number {
    const at = this.#take(4);
    return at < 0 ? 0 : this.#view.getUint32(at);
  }

  /** An unsigned integer of six bytes: below 2^48, so exact in a number. */
  u48(): number {
    const at = this.#take(6);
    return at < 0 ? 0 : this.#view.getUint16(at) * 0x1_0000_0000 + this.#view.getUint32(at + 2);
  }

  /** An unsigned integer of eight bytes. */
  u64(): bigint {
    const at = this.#take(8);
    return at < 0 ? 0n : this.#view.getBigUint64(at);
  }

  /** The next `length` bytes, as a view that shares their memory; empty if there are fewer. */
  bytes(length: number): Uint8Array {
    const at = this.#take(length);
    return at < 0 ? new Uint8Array(0) : this.#bytes.subarray(at, at + length);
  }

  /** Everything that is left, as a view. */
  rest(): Uint8Array {
    return this.bytes(this.remaining);
  }

  /** Moves past `length` bytes. */
  skip(length: number): void {
    this.#take(length);
  }

  /** `length` bytes as UTF-8 text; ill-formed sequences become U+FFFD. */
  text(length: number): string {
    return utf8.decode(this.bytes(length));
  }

  /** `length` bytes as UTF-8 text; an ill-formed sequence fails the reader. */
  strictText(length: number): string {
    const bytes = this.bytes(length);
    try {
      return strictUtf8.decode(bytes);
    } catch {
      this.fail();
      return "";
    }
  }

  /** A reader of just the next `length` bytes, which are then behind this one. If there are fewer, both fail. */
  sub(length: number): Reader {
    const at = this.#take(length);
    if (at >= 0) return new Reader(this.#bytes, at, at + length);
    const failed = new Reader(this.#bytes, 0, 0);
    failed.fail();
    return failed;
  }

  /** Marks the input as bad, for a rule that no bounds check catches. */
  fail(): void {
    this.#ok = false;
    this.#at = this.#end;
  }

  #take(length: number): number {
    if (length < 0 || length > this.#end - this.#at) {
      this.fail();
      return -1;
    }
    const at = this.#at;
    this.#at += length;
    return at;
  }
}
