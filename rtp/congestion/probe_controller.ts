import type { Millis } from "../../core/stage/mod.ts";
import { type BitrateRange, MAX_BITRATE } from "./bitrate_range.ts";
import { type ProbeCluster, probeCluster } from "./probe_cluster.ts";

/** The first probes, as multiples of the start rate. libwebrtc's numbers. */
const INITIAL_SCALES: readonly number[] = [3, 6];

/** A probe that found this fraction of what it tried is followed by one at so many times the estimate. libwebrtc's numbers. */
const FURTHER_THRESHOLD = 0.7;
const FURTHER_SCALE = 2;

/**
 * No probe tries more, in bits per second, where none was told that more is wanted: what is sent may be far less, and padding makes up
 * for it. Beyond, the estimate grows with what is sent. libwebrtc's number.
 */
export const MAX_PROBE_BITRATE = 5_000_000;

/** For so long a probe's result can lead to further probes, in ms. libwebrtc's number. */
const RESULT_TIMEOUT = 1000;

/** A fall below this fraction at once is tried again at that fraction of the rate before, within so many ms. libwebrtc's numbers. */
const LARGE_DROP = 0.66;
const DROP_SCALE = 0.85;
const DROP_TIMEOUT = 5000;

/**
 * While nothing speaks against it, twice the estimate is tried each so many ms.
 *
 * Deviation: libwebrtc does so only while the application sends less than it may. Additive growth alone takes a minute
 * to find a path that has got four times as wide, and a server has many sources that never fill their share.
 */
const PERIOD = 5000;
const PERIODIC_SCALE = 2;

/** No such probe goes out so soon after a reduction, in ms: the queue has to drain. */
const CALM = 3000;

/** The same while it is known at which rate the path is full: additive growth finds out soon enough if that changes. */
const CALM_NEAR_MAX = 10_000;

/** Decides when to try which rate. */
export class ProbeController {
  readonly #range: BitrateRange;
  #pending: ProbeCluster[] = [];
  #lastId = 0;
  #bitrate: number;
  #started = false;
  #probedAt: Millis = -Infinity;
  #furtherAbove = Infinity;
  #dropFrom = 0;
  #droppedAt: Millis = -Infinity;
  #reducedAt: Millis = -Infinity;
  #calm = CALM;

  /** Begins from the start rate, in bits per second. */
  constructor(bitrate: number, range: BitrateRange) {
    this.#bitrate = bitrate;
    this.#range = range;
  }

  /** When a probe may be due. */
  get nextTimeout(): Millis | undefined {
    if (!this.#started || this.#bitrate >= this.#max) return undefined;
    return Math.max(this.#probedAt + PERIOD, this.#reducedAt + this.#calm);
  }

  /** The first packet leaves. */
  start(now: Millis): void {
    if (this.#started) return;
    this.#started = true;
    this.#probe(INITIAL_SCALES.map((scale) => scale * this.#bitrate), now);
  }

  /** Takes the new estimate, in bits per second, and whether the path has been full at about that rate. */
  estimated(bitrate: number, isNearMax: boolean, now: Millis): void {
    if (bitrate < LARGE_DROP * this.#bitrate) {
      this.#dropFrom = this.#bitrate;
      this.#droppedAt = now;
    }
    if (bitrate < this.#bitrate) this.#reducedAt = now;
    this.#calm = isNearMax ? CALM_NEAR_MAX : CALM;
    this.#bitrate = bitrate;
    if (now - this.#probedAt > RESULT_TIMEOUT) this.#furtherAbove = Infinity;
    else if (bitrate > this.#furtherAbove) this.#probe([FURTHER_SCALE * bitrate], now);
  }

  /** Over-use has ended: the rate before a large fall may be possible again. */
  recovered(now: Millis): void {
    if (now - this.#droppedAt > DROP_TIMEOUT) return;
    const bitrate = DROP_SCALE * this.#dropFrom;
    this.#droppedAt = -Infinity;
    if (bitrate > this.#bitrate) this.#probe([bitrate], now);
  }

  /** Probes if it is time to. */
  handleTimeout(now: Millis): void {
    const due = this.nextTimeout;
    if (due !== undefined && now >= due) this.#probe([PERIODIC_SCALE * this.#bitrate], now);
  }

  /** Nothing is heard from the peer: nothing is tried. */
  postpone(now: Millis): void {
    this.#pending = [];
    this.#probedAt = now;
    this.#furtherAbove = Infinity;
  }

  /** The probes decided on since the last call. */
  take(): readonly ProbeCluster[] {
    const taken = this.#pending;
    if (taken.length > 0) this.#pending = [];
    return taken;
  }

  /** The most that is tried. */
  get #max(): number {
    const { max } = this.#range;
    return max === MAX_BITRATE ? MAX_PROBE_BITRATE : max;
  }

  #probe(bitrates: readonly number[], now: Millis): void {
    const max = this.#max;
    this.#probedAt = now;
    this.#furtherAbove = Infinity;
    for (const wanted of bitrates) {
      const bitrate = Math.min(wanted, max);
      this.#lastId = this.#lastId % 0xffff + 1;
      this.#pending.push(probeCluster(this.#lastId, bitrate));
      if (wanted >= max) {
        this.#furtherAbove = Infinity;
        return;
      }
      this.#furtherAbove = FURTHER_THRESHOLD * bitrate;
    }
  }
}
