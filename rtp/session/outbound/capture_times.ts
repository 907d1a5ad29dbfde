import type { Millis } from "../../../core/stage/mod.ts";
import { diff32 } from "../../../core/wire/mod.ts";
import type { AbsCaptureTime } from "../../extensions/mod.ts";
import type { NtpClock } from "../../reception/mod.ts";

/** How often it is said when frames were captured, where they don't say it themselves: in between, their RTP clock does. */
const CAPTURE_TIME_INTERVAL: Millis = 1000;

/** Says when frames were captured, now and then (draft-ietf-avtcore-abs-capture-time, "Timestamp interpolation"). */
export class CaptureTimes {
  readonly #ntp: NtpClock;
  /** When something was said last. */
  #saidAt: Millis = -Infinity;
  /** If it was that a frame had been captured at this moment: its RTP timestamp. */
  #captured: number | undefined;

  constructor(ntp: NtpClock) {
    this.#ntp = ntp;
  }

  /** What a frame is to say. What is given now was captured now by our own clock, unless it says otherwise itself. */
  of(
    own: AbsCaptureTime | undefined,
    rtpTimestamp: number,
    clockRate: number,
    now: Millis,
  ): AbsCaptureTime | undefined {
    if (own === undefined && this.#isKnown(rtpTimestamp, clockRate, now)) return undefined;
    this.#saidAt = now;
    this.#captured = own === undefined ? rtpTimestamp : undefined;
    return own ?? { captureTimestamp: this.#ntp.at(now), clockOffset: 0n };
  }

  /** Whether the other side can reckon it from what was said last. By our clock, nothing is captured after it was given, but for what rounding does. */
  #isKnown(rtpTimestamp: number, clockRate: number, now: Millis): boolean {
    if (now >= this.#saidAt + CAPTURE_TIME_INTERVAL) return false;
    if (this.#captured === undefined) return true;
    const ticks = diff32(rtpTimestamp, this.#captured) - 1;
    return this.#saidAt + ticks * 1000 / clockRate <= now;
  }
}
