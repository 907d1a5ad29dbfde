import { Deque } from "../deque.ts";

/**
 * Tells the user's bytes from the protocol's own among those that a stream has sent. A stream sends in the order in which it was
 * given, so it is enough to remember where bytes lie that the user does not know of: OPEN, ACK, the one byte of an empty message.
 */
export class InvisibleBytes {
  #queued = 0;
  #sent = 0;
  readonly #ranges: Deque<{ start: number; end: number }> = new Deque();

  /** The user's bytes were queued. */
  queue(length: number): void {
    this.#queued += length;
  }

  /** The protocol's own were. */
  queueInvisible(length: number): void {
    this.#ranges.push({ start: this.#queued, end: this.#queued + length });
    this.#queued += length;
  }

  /** So many bytes have been sent; returns how many of them are the user's. */
  sent(length: number): number {
    const from = this.#sent;
    this.#sent += length;
    let visible = length;
    for (let range; (range = this.#ranges.peek()) !== undefined && range.start < this.#sent;) {
      visible -= Math.min(range.end, this.#sent) - Math.max(range.start, from);
      if (range.end > this.#sent) break;
      this.#ranges.shift();
    }
    return visible;
  }
}
