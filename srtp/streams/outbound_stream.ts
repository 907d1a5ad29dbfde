import { estimateIndex, MAX_SRTP_INDEX } from "../packet_index.ts";

/** Packets for which it is known what was sent: the last ones, which may be sent again. */
const WINDOW_SIZE = 512;

/** A stream that we send: its indexes, and what they were used for. */
export class OutboundStream {
  /** The highest index so far, or -1. */
  highest = -1;
  readonly #indexes = new Float64Array(WINDOW_SIZE).fill(-1);
  readonly #tags = new Uint32Array(WINDOW_SIZE);

  /**
   * The index of the next packet: the roll-over counter goes up whenever sequence numbers wrap (RFC 3711 section 3.3.1). Undefined past
   * the last index (RFC 3711 section 9.2).
   */
  take(sequenceNumber: number): number | undefined {
    const index = estimateIndex(this.highest, sequenceNumber);
    if (index > MAX_SRTP_INDEX) return undefined;
    this.highest = Math.max(this.highest, index);
    return index;
  }

  /**
   * Whether a protected packet may leave. No index is used for two different packets: that would give away the XOR of their contents
   * (RFC 3711 section 9.1), and with GCM the key of the tags (RFC 7714 section 13.1). But a packet may be sent once more as it is, as
   * for a NACK without RTX; the same packet has the same tag.
   *
   * @param tag any 32 bits of the packet's tag
   */
  admit(index: number, tag: number): boolean {
    const slot = index % WINDOW_SIZE, last = this.#indexes[slot]!;
    if (index === last) return this.#tags[slot] === tag;
    if (index < last) return false; // nobody knows any more what it was used for
    this.#indexes[slot] = index;
    this.#tags[slot] = tag;
    return true;
  }
}
