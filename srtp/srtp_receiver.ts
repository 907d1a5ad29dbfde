import type { Discards, Millis } from "../core/stage/mod.ts";
import type { SrtpDiscard } from "./discards.ts";
import type { Opener } from "./opener.ts";
import { MAX_PACKET_LENGTH, rtpHeaderLength, sequenceNumberOf, ssrcOf } from "./packet.ts";
import { estimateIndex, MAX_SRTP_INDEX } from "./packet_index.ts";

/** Reads what an SRTP packet tells of itself (RFC 3711 section 3.1), and leaves it to an opener. */
export class SrtpReceiver {
  /** Where packets go. */
  readonly opener: Opener;
  readonly #discards: Discards<SrtpDiscard>;

  constructor(opener: Opener, discards: Discards<SrtpDiscard>) {
    this.opener = opener;
    this.#discards = discards;
  }

  /**
   * Queues a packet.
   *
   * ```text
   *   | RTP header, CSRCs, extension | encrypted payload and padding ... | authentication tag |
   * ```
   */
  queue(packet: Uint8Array, now: Millis): void {
    const headerLength = rtpHeaderLength(packet, packet.length - this.opener.overhead);
    if (headerLength === undefined || packet.length > MAX_PACKET_LENGTH) {
      return this.#discards.add("malformed RTP");
    }
    const ssrc = ssrcOf(packet);
    const index = estimateIndex(this.opener.highest(ssrc, now), sequenceNumberOf(packet));
    if (index > MAX_SRTP_INDEX) return this.#discards.add("index limit"); // RFC 3711 section 9.2
    this.opener.queue(packet, ssrc, index, headerLength, true, now);
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
