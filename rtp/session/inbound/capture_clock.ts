import { diff32 } from "../../../core/wire/mod.ts";
import type { AbsCaptureTime } from "../../extensions/mod.ts";

/** Units of NTP in a second. */
const NTP_SECOND = 2 ** 32;

/**
 * When frames were captured. Few packets say it: in between, the RTP clock tells how much later it was
 * (draft-ietf-avtcore-abs-capture-time, "Timestamp interpolation"). What nobody has ever said stays unknown.
 */
export class CaptureClock {
  #source: number | undefined;
  #last: { readonly captureTimestamp: bigint; readonly rtpTimestamp: number } | undefined;
  #clockOffset: bigint | undefined;

  /** That of a frame of `source`, whose packets may say it. */
  of(
    told: AbsCaptureTime | undefined,
    source: number,
    rtpTimestamp: number,
    clockRate: number,
  ): AbsCaptureTime | undefined {
    if (source !== this.#source) this.#last = this.#clockOffset = undefined;
    this.#source = source;
    if (told !== undefined) {
      this.#last = { captureTimestamp: told.captureTimestamp, rtpTimestamp };
      this.#clockOffset = told.clockOffset ?? this.#clockOffset;
    }
    if (this.#last === undefined) return undefined;
    const elapsed = diff32(rtpTimestamp, this.#last.rtpTimestamp) / clockRate;
    const captureTimestamp = this.#last.captureTimestamp +
      BigInt(Math.round(elapsed * NTP_SECOND));
    return {
      captureTimestamp,
      ...(this.#clockOffset !== undefined && { clockOffset: this.#clockOffset }),
    };
  }
}
