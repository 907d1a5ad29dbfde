import { Discards } from "../../core/stage/mod.ts";
import type { RtpPacket } from "../packet.ts";
import { decapsulateRtx } from "../payload/mod.ts";

/** Why a packet of a retransmission stream was dropped. */
export type RtxDiscard =
  /** Its payload type repeats none that was agreed on (RFC 4588 section 8.6: apt). */
  | "unknown payload type"
  /** It repeats nothing: padding, by which bandwidth is probed. */
  | "padding";

/** Takes the packets of a retransmission stream apart (RFC 4588 sections 4 and 8). It keeps none of them. */
export class RtxReceiver {
  /** What was dropped. */
  readonly discards: Discards<RtxDiscard> = new Discards();
  readonly #ssrc: number;
  readonly #associated: ReadonlyMap<number, number>;

  /** `ssrc` is that of the stream that is repeated; `associated` has the `apt` of each RTX payload type. */
  constructor(ssrc: number, associated: ReadonlyMap<number, number>) {
    this.#ssrc = ssrc;
    this.#associated = associated;
  }

  /** The packet that is repeated; undefined if none is. */
  receive(packet: RtpPacket): RtpPacket | undefined {
    const payloadType = this.#associated.get(packet.payloadType);
    if (payloadType === undefined) {
      this.discards.add("unknown payload type");
      return undefined;
    }
    const original = decapsulateRtx(packet, { ssrc: this.#ssrc, payloadType });
    if (original === undefined) this.discards.add("padding");
    return original;
  }
}
