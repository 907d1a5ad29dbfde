import { estimateIndex } from "../packet_index.ts";

/** Packets for which it is known what was sent: those may be sent again. */
const WINDOW_SIZE = 512;

/** A stream that we send: its indexes, and what they were used for. */
export class OutboundStream {
  /** The highest index so far, or -1. */
  highest = -1;
  readonly #indexes = new Float64Array(WINDOW_SIZE).fill(-1);
  readonly #tags = new Uint32Array(WINDOW_SIZE);

  /** The index of the next packet: the roll-over counter goes up whenever sequence numbers wrap (RFC 3711 section 3.3.1). */
  indexOf(sequenceNumber: number): number {
    return estimateIndex(this.highest, sequenceNumber);
  }

  /**
   * Whether a protected packet may leave. No index is used for two different packets: that would give away the XOR of their contents
   * (RFC 3711 section 9.1), and with GCM the key of the tags (RFC 7714 section 13.1). But a packet may be sent once more as it is, as
   * for a NACK without RTX; the same packet has the same tag.
   *
   * @param tag any 32 bits of the packet's tag
   */
  admit(index: number, tag: number): boolean {
    if (index <= this.highest - WINDOW_SIZE) return false; // nobody knows any more
    const slot = index % WINDOW_SIZE;
    if (this.#indexes[slot] === index) return this.#tags[slot] === tag;
    this.#indexes[slot] = index;
    this.#tags[slot] = tag;
    this.highest = Math.max(this.highest, index);
    return true;
  }
}
