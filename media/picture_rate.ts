/** Pictures of which the rate is taken: those of the last second or so. */
const PICTURES = 30;

/** After a longer pause, in microseconds, what came before says nothing any more. */
const MAX_PAUSE = 2_000_000;

/** How many pictures a second come, by when they are presented. */
export class PictureRate {
  #times: number[] = [];

  /** A picture more; in microseconds. */
  add(timestamp: number): void {
    const last = this.#times.at(-1);
    if (last !== undefined && Math.abs(timestamp - last) > MAX_PAUSE) this.#times = [];
    this.#times.push(timestamp);
    if (this.#times.length > PICTURES) this.#times.shift();
  }

  /** What came before was of something else. */
  reset(): void {
    this.#times = [];
  }

  /** Pictures a second, to a tenth; undefined before the second one. */
  get value(): number | undefined {
    const span = Math.max(...this.#times) - Math.min(...this.#times);
    if (this.#times.length < 2 || span === 0) return undefined;
    return Math.round((this.#times.length - 1) * 1e7 / span) / 10;
  }
}
