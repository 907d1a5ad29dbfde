/** Turns 32-bit RTP timestamps, which wrap (RFC 3550 section 5.1), into a count that does not. */
export class TimestampUnwrapper {
  #last: number | undefined;

  /** The timestamp on a line without wraps, nearest to the one before; the first is taken as it is. */
  unwrap(timestamp: number): number {
    const last = this.#last ?? timestamp;
    this.#last = last + ((timestamp - last) | 0);
    return this.#last;
  }
}
