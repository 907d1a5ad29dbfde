/** The lowest rate that anything is reduced to, in bits per second: narrow-band Opus. */
export const MIN_BITRATE = 30_000;

/** The highest rate that anything grows to unless told otherwise, in bits per second. */
export const MAX_BITRATE = 100_000_000;

/** Within which a rate has to stay, shared by all that have an opinion on it. */
export class BitrateRange {
  /** The highest rate. */
  readonly max: number;
  readonly #min: number;

  /** In bits per second; a maximum below the minimum counts as the minimum. */
  constructor(min: number = MIN_BITRATE, max: number = MAX_BITRATE) {
    this.#min = min;
    this.max = Math.max(min, max);
  }

  /** The nearest rate within. */
  clamp(bitrate: number): number {
    return Math.min(Math.max(bitrate, this.#min), this.max);
  }
}
