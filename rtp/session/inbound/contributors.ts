import type { Millis } from "../../../core/stage/mod.ts";

/** How long a source is told of after it was last heard (W3C WebRTC section 5.3.4), in milliseconds. */
export const CONTRIBUTOR_AGE: Millis = 10_000;

/** Sources that are remembered; the one that has been silent longest makes room. */
const MAX_CONTRIBUTORS = 64;

/** A source that was heard of late, as `RTCRtpContributingSource` tells of it. */
export interface Contributor {
  /** 32 bits. */
  readonly source: number;
  /** When its last frame came. */
  readonly time: Millis;
  /** RTP timestamp of that frame. */
  readonly rtpTimestamp: number;
  /** Its loudness, from 0 (loudest) to 127 -dBov, where the sender told. */
  readonly audioLevel?: number;
}

/** Who was heard within the last ten seconds. */
export class Contributors {
  /** By when they were last heard. */
  readonly #sources = new Map<number, Contributor>();

  heard(contributor: Contributor): void {
    const { source } = contributor;
    this.#sources.delete(source);
    this.#sources.set(source, contributor);
    if (this.#sources.size <= MAX_CONTRIBUTORS) return;
    for (const oldest of this.#sources.keys()) {
      this.#sources.delete(oldest);
      return;
    }
  }

  /** Those of the last ten seconds, the latest first. */
  list(now: Millis): Contributor[] {
    for (const [source, { time }] of this.#sources) {
      if (time >= now - CONTRIBUTOR_AGE) break;
      this.#sources.delete(source);
    }
    return [...this.#sources.values()].reverse();
  }
}
