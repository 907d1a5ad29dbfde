/** How much one measurement of throughput during over-use weighs. */
const OVERUSE_WEIGHT = 0.05;

/** How much one probe weighs. */
const PROBE_WEIGHT = 0.5;

/** Bounds of the variance in kb/s, relative to the estimate: from 14 kb/s around 500 kb/s up to 35. libwebrtc's numbers. */
const MIN_VARIANCE = 0.4;
const MAX_VARIANCE = 2.5;

/** So many standard deviations from the estimate, it no longer holds (draft-ietf-rmcat-gcc-02 section 5.5). */
const DEVIATIONS = 3;

/** Remembers at which throughput the path was full: R_hat's average in the decrease state (draft-ietf-rmcat-gcc-02 section 5.5). */
export class LinkCapacityEstimator {
  #kilobits: number | undefined;
  #variance = MIN_VARIANCE;

  /** In bits per second. */
  get estimate(): number | undefined {
    return this.#kilobits === undefined ? undefined : this.#kilobits * 1000;
  }

  /** Throughput above this, in bits per second, means that the path has got better. */
  get upperBound(): number {
    return this.#kilobits === undefined ? Infinity : (this.#kilobits + this.#spread()) * 1000;
  }

  /** Throughput below this, in bits per second, means that the path has got worse. */
  get lowerBound(): number {
    return this.#kilobits === undefined ? 0 : Math.max(0, this.#kilobits - this.#spread()) * 1000;
  }

  /** Takes the throughput while the path was over-used. */
  overused(bitrate: number): void {
    this.#update(bitrate / 1000, OVERUSE_WEIGHT);
  }

  /** Takes what a probe found. */
  probed(bitrate: number): void {
    this.#update(bitrate / 1000, PROBE_WEIGHT);
  }

  /** Forgets it: the path has changed. */
  reset(): void {
    this.#kilobits = undefined;
  }

  #spread(): number {
    return DEVIATIONS * Math.sqrt(this.#variance * this.#kilobits!);
  }

  #update(sample: number, weight: number): void {
    const estimate = this.#kilobits ?? sample;
    this.#kilobits = (1 - weight) * estimate + weight * sample;
    const error = this.#kilobits - sample;
    const variance = (1 - weight) * this.#variance +
      weight * error * error / Math.max(this.#kilobits, 1);
    this.#variance = Math.min(Math.max(variance, MIN_VARIANCE), MAX_VARIANCE);
  }
}
