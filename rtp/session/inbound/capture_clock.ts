import { diff32 } from "../../../core/wire/mod.ts";
import type { AbsCaptureTime } from "../../extensions/mod.ts";

/** Units of NTP in a second. */
const NTP_SECOND = 2 ** 32;

/** When something was captured that has this RTP timestamp. */
export interface Captured extends AbsCaptureTime {
  readonly rtpTimestamp: number;
}

/**
 * When frames were captured. Few packets say it: in between, the RTP clock tells how much later it was
 * (draft-ietf-avtcore-abs-capture-time, "Timestamp interpolation"). What nobody has ever said stays unknown.
 */
export class CaptureClock {
  #source: number | undefined;
  #last: Captured | undefined;

  /** What was said last, by the source of the latest frame. */
  get last(): Captured | undefined {
    return this.#last;
  }

  /** That of a frame of `source`, whose packets may say it. */
  of(
    told: AbsCaptureTime | undefined,
    source: number,
    rtpTimestamp: number,
    clockRate: number,
  ): AbsCaptureTime | undefined {
    if (source !== this.#source) this.#last = undefined;
    this.#source = source;
    if (told !== undefined) {
      const clockOffset = told.clockOffset ?? this.#last?.clockOffset;
      this.#last = { ...told, rtpTimestamp, ...(clockOffset !== undefined && { clockOffset }) };
    }
    if (this.#last === undefined) return undefined;
    const { rtpTimestamp: since, ...last } = this.#last;
    const elapsed = BigInt(Math.round(diff32(rtpTimestamp, since) / clockRate * NTP_SECOND));
    return { ...last, captureTimestamp: last.captureTimestamp + elapsed };
  }
}
