import type { Millis } from "../../core/stage/mod.ts";

/** Without any feedback on packets for so long while they leave, the path may be gone, in ms. */
const FEEDBACK_TIMEOUT = 2000;

/** The same before there has been any: receiver reports can be 5 s apart (RFC 3550 section 6.2), and RFC 8083 waits for three. */
const REPORT_TIMEOUT = 15_000;

/** From then on the rate falls by {@linkcode SILENCE_FACTOR} each so many ms. libwebrtc's number. */
const REDUCTION_INTERVAL = 1000;

/** What is left of the rate after each reduction. libwebrtc's number. */
export const SILENCE_FACTOR = 0.8;

/** Sees that feedback has stopped coming, in the spirit of RFC 8083: no sender keeps its rate on hope. */
export class FeedbackWatchdog {
  #deadline: Millis | undefined;

  /** When silence will have lasted too long. */
  get nextTimeout(): Millis | undefined {
    return this.#deadline;
  }

  /** A packet leaves, to a peer that has sent feedback on packets before, or not. */
  sent(hasFeedback: boolean, now: Millis): void {
    this.#deadline ??= now + (hasFeedback ? FEEDBACK_TIMEOUT : REPORT_TIMEOUT);
  }

  /** Feedback on our packets has come. */
  heard(): void {
    this.#deadline = undefined;
  }

  /** Whether the rate is to fall now. */
  handleTimeout(now: Millis): boolean {
    if (this.#deadline === undefined || now < this.#deadline) return false;
    this.#deadline = now + REDUCTION_INTERVAL;
    return true;
  }
}
