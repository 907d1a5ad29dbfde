import type { Discards, Millis } from "../core/stage/mod.ts";
import type { SrtpDiscard } from "./discards.ts";
import type { Opener } from "./opener.ts";
import { isVersion2, MAX_PACKET_LENGTH, RTCP_CLEAR_LENGTH, rtcpSsrcOf, u32 } from "./packet.ts";
import { SRTCP_WORD_LENGTH } from "./transform/transform.ts";

/** Reads what an SRTCP packet tells of itself (RFC 3711 section 3.4), and leaves it to an opener. */
export class SrtcpReceiver {
  /** Where packets go. */
  readonly opener: Opener;
  readonly #discards: Discards<SrtpDiscard>;
  /** How far from its end a packet has the word with E flag and index. */
  readonly #wordFromEnd: number;

  /** @param tagFollows bytes that follow the word: those of the tag, or none with GCM (RFC 7714 section 9.2) */
  constructor(opener: Opener, discards: Discards<SrtpDiscard>, tagFollows: number) {
    this.opener = opener;
    this.#discards = discards;
    this.#wordFromEnd = SRTCP_WORD_LENGTH + tagFollows;
  }

  /**
   * Queues a packet.
   *
   * ```text
   *   | RTCP header, SSRC | encrypted ...             |E| index (31)            | authentication tag |
   *   | RTCP header, SSRC | encrypted ... | GCM's tag |E| index (31)            |
   * ```
   */
  queue(packet: Uint8Array, now: Millis): void {
    const { length } = packet;
    if (
      length < RTCP_CLEAR_LENGTH + this.opener.overhead || length > MAX_PACKET_LENGTH ||
      !isVersion2(packet)
    ) return this.#discards.add("malformed RTCP");
    const word = u32(packet, length - this.#wordFromEnd);
    const encrypted = word >= 0x8000_0000;
    const index = word % 0x8000_0000;
    this.opener.queue(packet, rtcpSsrcOf(packet), index, RTCP_CLEAR_LENGTH, encrypted, now);
  }

  /** Opens what is queued. */
  flush(now: Millis): void {
    this.opener.flush(now);
  }

  /** Frees the cipher. */
  [Symbol.dispose](): void {
    this.opener[Symbol.dispose]();
  }
}
