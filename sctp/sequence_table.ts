/** Streams in one page. */
const PAGE = 256;

/**
 * The next stream sequence number of each of 65,536 streams, 0 to begin with. Pages come into being when one of theirs is used: an
 * idle association needs nothing, and a peer that touches every stream makes it need 128 KiB.
 */
export class SequenceTable {
  #pages: (Uint16Array | undefined)[] = [];

  /** The number of a stream. */
  get(streamId: number): number {
    return this.#pages[streamId >>> 8]?.[streamId & (PAGE - 1)] ?? 0;
  }

  /** Sets the number of a stream, modulo 2^16. */
  set(streamId: number, ssn: number): void {
    let page = this.#pages[streamId >>> 8];
    if (page === undefined) {
      if (ssn === 0) return;
      this.#pages[streamId >>> 8] = page = new Uint16Array(PAGE);
    }
    page[streamId & (PAGE - 1)] = ssn;
  }
}
