import type { Millis } from "../../../core/stage/mod.ts";

/** Frames of one second that are counted at most. */
const MAX_FRAMES = 1000;

/** How many frames there were in the last second. */
export class FrameRate {
  #times: Millis[] = [];
  #since: Millis | undefined;

  /** A frame comes. */
  add(now: Millis): void {
    this.#since ??= now;
    this.#forget(now);
    if (this.#times.length < MAX_FRAMES) this.#times.push(now);
  }

  /** Whether there have been frames for a second. */
  isSettled(now: Millis): boolean {
    return this.#since !== undefined && now - this.#since >= 1000;
  }

  /** Frames in the second before `now`. */
  at(now: Millis): number {
    this.#forget(now);
    return this.#times.length;
  }

  #forget(now: Millis): void {
    const first = this.#times.findIndex((time) => time > now - 1000);
    this.#times.splice(0, first < 0 ? this.#times.length : first);
  }
}
