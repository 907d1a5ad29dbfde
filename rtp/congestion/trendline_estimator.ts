import type { GroupDelta } from "./inter_arrival.ts";

/** How many groups the line is fitted to. libwebrtc's number. */
export const TRENDLINE_WINDOW = 20;

/** How much of the smoothed delay is kept with each group. libwebrtc's number. */
const SMOOTHING = 0.9;

/**
 * Estimates the gradient of the queueing delay: how much longer packets take, per ms.
 *
 * Deviation: draft-ietf-rmcat-gcc-02 section 5.3 has a Kalman filter here; libwebrtc fits a line (least squares) through the
 * smoothed accumulated delay of the last groups instead, which is simpler and less noisy, and so do we.
 */
export class TrendlineEstimator {
  readonly #times = new Float64Array(TRENDLINE_WINDOW);
  readonly #delays = new Float64Array(TRENDLINE_WINDOW);
  #start = 0;
  #groups = 0;
  #accumulated = 0;
  #smoothed = 0;
  #trend = 0;

  /** How many groups have been taken. */
  get groups(): number {
    return this.#groups;
  }

  /** The slope of the line, in ms per ms: 0 until there are enough groups. */
  get trend(): number {
    return this.#trend;
  }

  /** Takes how one group followed another; returns the new slope. */
  push({ send, arrival, receivedAt }: GroupDelta): number {
    if (this.#groups === 0) this.#start = receivedAt;
    this.#accumulated += arrival - send;
    this.#smoothed = SMOOTHING * this.#smoothed + (1 - SMOOTHING) * this.#accumulated;
    const slot = this.#groups++ % TRENDLINE_WINDOW;
    this.#times[slot] = receivedAt - this.#start;
    this.#delays[slot] = this.#smoothed;
    if (this.#groups >= TRENDLINE_WINDOW) this.#trend = this.#slope() ?? this.#trend;
    return this.#trend;
  }

  /** Least squares; undefined if all groups arrived at once. */
  #slope(): number | undefined {
    let meanTime = 0;
    let meanDelay = 0;
    for (let i = 0; i < TRENDLINE_WINDOW; i++) {
      meanTime += this.#times[i]! / TRENDLINE_WINDOW;
      meanDelay += this.#delays[i]! / TRENDLINE_WINDOW;
    }
    let covariance = 0;
    let variance = 0;
    for (let i = 0; i < TRENDLINE_WINDOW; i++) {
      const distance = this.#times[i]! - meanTime;
      covariance += distance * (this.#delays[i]! - meanDelay);
      variance += distance * distance;
    }
    return variance === 0 ? undefined : covariance / variance;
  }
}
