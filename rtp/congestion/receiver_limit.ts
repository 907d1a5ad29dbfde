import type { Millis } from "../../core/stage/mod.ts";
import type { ReceiverEstimatedMaximumBitrate } from "../rtcp/mod.ts";

/** A REMB holds for so many ms. libwebrtc sends one a second, or at once when the estimate falls. */
const REMB_LIFETIME = 10_000;

/** What the receiver itself estimates: the way of peers without transport-wide feedback (draft-alvestrand-rmcat-remb-03). */
export class ReceiverLimit {
  #bitrate = Infinity;
  #expires: Millis | undefined;

  /** The most that the receiver asks for, in bits per second; Infinity if it has not said. */
  get bitrate(): number {
    return this.#bitrate;
  }

  /** When what was said is too old. */
  get nextTimeout(): Millis | undefined {
    return this.#expires;
  }

  /** Takes a REMB. One receiver's word on the whole transport: whoever forwards to several peers has an estimation for each. */
  update({ bitrate }: ReceiverEstimatedMaximumBitrate, now: Millis): void {
    this.#bitrate = bitrate;
    this.#expires = now + REMB_LIFETIME;
  }

  /** Forgets what is too old. */
  handleTimeout(now: Millis): void {
    if (this.#expires === undefined || now < this.#expires) return;
    this.#bitrate = Infinity;
    this.#expires = undefined;
  }
}
