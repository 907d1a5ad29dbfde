import type { Millis } from "../../core/mod.ts";
import type { EncodedChunk } from "../../media/encoded_chunk.ts";

/** A layer of which nothing has come for so long gives way to another one. */
const SILENCE: Millis = 1000;

/** When no layer is sent, key frames are asked for as often. */
const REQUEST_INTERVAL: Millis = 500;

/**
 * Of a source that gives several layers of a simulcast, as a received track does, the one that a sender with one encoding sends: that
 * whose key frame comes first, until it is silent. All of them in one stream could not be decoded.
 */
export class LayerChoice {
  readonly #onNeedsKeyFrame: () => void;
  #rid: string | undefined;
  #at: Millis = -Infinity;
  #askedAt: Millis = -Infinity;

  constructor(onNeedsKeyFrame: () => void) {
    this.#onNeedsKeyFrame = onNeedsKeyFrame;
  }

  /** Whether a chunk is sent. */
  takes({ type, metadata }: EncodedChunk, now: Millis): boolean {
    const rid = metadata?.rid;
    if (rid === undefined) return true;
    if (rid !== this.#rid && now - this.#at < SILENCE) return false;
    if (rid !== this.#rid && type !== "key") {
      this.#ask(now);
      return false;
    }
    this.#rid = rid;
    this.#at = now;
    return true;
  }

  #ask(now: Millis): void {
    if (now - this.#askedAt < REQUEST_INTERVAL) return;
    this.#askedAt = now;
    this.#onNeedsKeyFrame();
  }
}
