import type { Millis } from "../../core/stage/mod.ts";
import { diff32 } from "../../core/wire/mod.ts";

/** No packet waits for its moment longer: the longest `jitterBufferTarget` (W3C WebRTC Extensions). */
export const MAX_BUFFER_DELAY: Millis = 4000;

/** Transit times are compared over one or two such spans, so that clocks which drift apart are followed. */
const TRANSIT_WINDOW: Millis = 10_000;

/** A transit time that differs by more means that the sender's clock jumped. */
const MAX_TRANSIT_CHANGE: Millis = 5000;

/**
 * What is so much slower than the quickest of late, packet after packet for so long, is so for good: the timestamps stood still while
 * nothing was sent, as those of a browser's sender without a track do.
 */
const MIN_STEP: Millis = 500;
const STEADY: Millis = 200;

/**
 * Says when a packet should play, so that packets which arrive unevenly play evenly (RFC 3550 section 6.4.1 and appendix A.8 have the idea
 * of transit time): the quickest packets of late wait for as long as the delay is, slower ones for what is left of it.
 */
export class PlayoutClock {
  readonly #clockRate: number;
  #delay: Millis = 0;
  #timestamp: number | undefined;
  /** Media time in milliseconds since the first packet: timestamps without their wrap. */
  #media: Millis = 0;
  #fastest: Millis = Infinity;
  #fastestBefore: Millis = Infinity;
  #windowEnd: Millis = 0;
  #changes = 0;
  /** Since when packets are much slower, and the quickest of these. */
  #slow: { since: Millis; fastest: Millis } | undefined;

  /** `clockRate` in Hz. */
  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  /** How often the sender's clock was found to have jumped, or stood still: what was known of it holds no more. */
  get changes(): number {
    return this.#changes;
  }

  /** How long the quickest packets wait. */
  get delay(): Millis {
    return this.#delay;
  }

  /** Sets the delay, from 0 to {@linkcode MAX_BUFFER_DELAY}; what is beyond becomes the nearest of these. */
  setDelay(delay: Millis): void {
    this.#delay = Math.min(Math.max(delay, 0), MAX_BUFFER_DELAY);
  }

  /** Takes a packet in the order of arrival; returns when it should play: from now on, but within {@linkcode MAX_BUFFER_DELAY}. */
  playoutOf(timestamp: number, now: Millis): Millis {
    if (this.#timestamp !== undefined) {
      this.#media += diff32(timestamp, this.#timestamp) * 1000 / this.#clockRate;
    }
    this.#timestamp = timestamp;
    const transit = now - this.#media;
    const changes = this.#changes;
    const fastest = this.#fastestOf(transit, now);
    // The delay may be one that comes of what was known of the sender's clock before.
    if (this.#delay === 0 || this.#changes !== changes) return now;
    const playout = fastest + this.#media + this.#delay;
    return Math.min(Math.max(playout, now), now + MAX_BUFFER_DELAY);
  }

  /** When a packet should play that was sent again, and so says nothing of how long packets take. */
  playoutOfRepeated(timestamp: number, now: Millis): Millis {
    const arrival = this.#delay === 0 ? undefined : this.arrivalOf(timestamp);
    if (arrival === undefined) return now;
    return Math.min(Math.max(arrival + this.#delay, now), now + MAX_BUFFER_DELAY);
  }

  /** When a packet arrives that is as quick as the quickest of late; undefined while there was none. */
  arrivalOf(timestamp: number): Millis | undefined {
    if (this.#timestamp === undefined) return undefined;
    const media = this.#media + diff32(timestamp, this.#timestamp) * 1000 / this.#clockRate;
    return Math.min(this.#fastest, this.#fastestBefore) + media;
  }

  #fastestOf(transit: Millis, now: Millis): Millis {
    const fastest = Math.min(this.#fastest, this.#fastestBefore);
    if (Math.abs(transit - fastest) > MAX_TRANSIT_CHANGE) return this.#begin(transit, now);
    const steady = this.#steadyStep(transit, fastest, now);
    if (steady !== undefined) return this.#begin(steady, now);
    if (now >= this.#windowEnd) {
      this.#fastestBefore = this.#fastest;
      this.#fastest = transit;
      this.#windowEnd = now + TRANSIT_WINDOW;
    } else if (transit < this.#fastest) {
      this.#fastest = transit;
    }
    return Math.min(this.#fastest, this.#fastestBefore);
  }

  /** Transit times are these from now on. */
  #begin(transit: Millis, now: Millis): Millis {
    if (this.#fastest !== Infinity) this.#changes++;
    this.#fastest = transit;
    this.#fastestBefore = Infinity;
    this.#windowEnd = now + TRANSIT_WINDOW;
    this.#slow = undefined;
    return transit;
  }

  /** The transit time that has been much longer for long enough, if it has. */
  #steadyStep(transit: Millis, fastest: Millis, now: Millis): Millis | undefined {
    if (transit - fastest < MIN_STEP) {
      this.#slow = undefined;
      return undefined;
    }
    const slow = this.#slow ??= { since: now, fastest: transit };
    slow.fastest = Math.min(slow.fastest, transit);
    return now - slow.since >= STEADY ? slow.fastest : undefined;
  }
}
