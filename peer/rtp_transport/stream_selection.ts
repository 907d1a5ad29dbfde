import type { Millis } from "../../core/mod.ts";
import type { InboundPacket } from "../../rtp/mod.ts";

/** A stream that has been silent for so long may be followed by another one: three frames at 15 a second. */
const SILENCE: Millis = 200;

/**
 * Which stream of a receiver is forwarded: that of one layer of a simulcast, from the first packet of a key frame on. Where the sender goes
 * on with another SSRC, so does this, again at a key frame.
 */
export class StreamSelection {
  #rid: string | undefined;
  #ssrc: number | undefined;
  #lastAt: Millis = -Infinity;

  /** Without a `rid`, that of the first key frame it is. */
  constructor(rid: string | undefined) {
    this.#rid = rid;
  }

  /** The layer; undefined if it is the only one, or not chosen yet. */
  get rid(): string | undefined {
    return this.#rid;
  }

  /** Whether a packet is of the layer that is wanted, whether or not it is forwarded. */
  concerns({ rid }: InboundPacket): boolean {
    return this.#rid === undefined || rid === undefined || rid === this.#rid;
  }

  /** Whether a packet of that layer is forwarded; "begins" if it is the first one of a stream. `beginsKeyFrame` is true for audio. */
  take(item: InboundPacket, beginsKeyFrame: boolean): boolean | "begins" {
    const { rid, packet: { ssrc }, receiveTime } = item;
    if (ssrc === this.#ssrc) {
      this.#lastAt = receiveTime;
      return true;
    }
    if (!beginsKeyFrame || receiveTime < this.#lastAt + SILENCE) return false;
    this.#rid ??= rid;
    this.#ssrc = ssrc;
    this.#lastAt = receiveTime;
    return "begins";
  }

  /** Whether a key frame is needed before anything is forwarded: none has been, or the stream has come to an end. */
  waits(now: Millis): boolean {
    return now >= this.#lastAt + SILENCE;
  }

  /** Nothing is forwarded before the next key frame. */
  reset(): void {
    this.#ssrc = undefined;
    this.#lastAt = -Infinity;
  }
}
