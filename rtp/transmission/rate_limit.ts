import type { Millis } from "../../core/stage/mod.ts";

/** For how long a rate may have been saved up. */
const BURST: Millis = 500;

/** Lets so many bytes through in a time and no more: a bucket of tokens. */
export class RateLimit {
  #bytesPerMilli = 0;
  #tokens: number;
  #filledAt: Millis | undefined;

  /** A limit in bits per second, of which half a second's worth may go at once. */
  constructor(bitrate: number) {
    this.setBitrate(bitrate);
    this.#tokens = this.#capacity;
  }

  /** Changes the limit, in bits per second. */
  setBitrate(bitrate: number): void {
    this.#bytesPerMilli = Math.max(bitrate, 0) / 8000;
  }

  /** Whether so many bytes may go now; if so, they are taken to have gone. */
  take(bytes: number, now: Millis): boolean {
    const elapsed = now - (this.#filledAt ?? now);
    this.#filledAt = now;
    this.#tokens = Math.min(this.#tokens + elapsed * this.#bytesPerMilli, this.#capacity);
    if (this.#tokens < bytes) return false;
    this.#tokens -= bytes;
    return true;
  }

  get #capacity(): number {
    return BURST * this.#bytesPerMilli;
  }
}
