import type { Millis } from "../../core/stage/mod.ts";

/** What the delay gradient says of the path (draft-ietf-rmcat-gcc-02 section 5.4). */
export type BandwidthUsage = "normal" | "overuse" | "underuse";

/** del_var_th(0), in ms (draft-ietf-rmcat-gcc-02 section 5.6). */
const INITIAL_THRESHOLD = 12.5;

/** Within which the threshold adapts (draft-ietf-rmcat-gcc-02 section 5.4). */
const MIN_THRESHOLD = 6;
const MAX_THRESHOLD = 600;

/** K_u and K_d. Deviation: draft-ietf-rmcat-gcc-02 section 5.6 has 0.01 and 0.00018; these are libwebrtc's, which recover sooner. */
const K_U = 0.0087;
const K_D = 0.039;

/** What exceeds the threshold by more is a spike, to which it does not adapt (draft-ietf-rmcat-gcc-02 section 5.4). */
const MAX_ADAPT_OFFSET = 15;

/** The longest time between two groups that counts for adapting, in ms. */
const MAX_ADAPT_TIME = 100;

/** overuse_time_th, in ms (draft-ietf-rmcat-gcc-02 section 5.6). */
const OVERUSE_TIME = 10;

/** libwebrtc scales the slope by this and by the number of groups up to {@linkcode MAX_DELTAS}, which makes it ms as the draft's m(i) is. */
const THRESHOLD_GAIN = 4;
const MAX_DELTAS = 60;

/** Compares the delay gradient with a threshold that adapts, lest loss-based flows on the same queue starve us. */
export class OveruseDetector {
  #usage: BandwidthUsage = "normal";
  #threshold = INITIAL_THRESHOLD;
  #adaptedAt: Millis | undefined;
  #previousTrend = 0;
  #overusing: Millis | undefined;
  #overuses = 0;

  /** The verdict after the last group. */
  get usage(): BandwidthUsage {
    return this.#usage;
  }

  /** del_var_th, in ms. */
  get threshold(): number {
    return this.#threshold;
  }

  /** Takes the gradient after so many groups, the last of which was sent `send` ms after the one before it. */
  push(trend: number, groups: number, send: Millis, now: Millis): BandwidthUsage {
    if (groups < 2) return this.#usage;
    const modified = Math.min(groups, MAX_DELTAS) * trend * THRESHOLD_GAIN;
    if (modified > this.#threshold) {
      this.#over(trend, send);
    } else {
      this.#overusing = undefined;
      this.#overuses = 0;
      this.#usage = modified < -this.#threshold ? "underuse" : "normal";
    }
    this.#previousTrend = trend;
    this.#adapt(Math.abs(modified), now);
    return this.#usage;
  }

  /** draft-ietf-rmcat-gcc-02 section 5.4: only for overuse_time_th and while the gradient doesn't fall is it over-use. */
  #over(trend: number, send: Millis): void {
    // Of the time since the group before, it has been so for half of it, who knows.
    this.#overusing = this.#overusing === undefined ? send / 2 : this.#overusing + send;
    this.#overuses++;
    if (this.#overusing <= OVERUSE_TIME || this.#overuses < 2) return;
    if (trend < this.#previousTrend) return;
    this.#overusing = 0;
    this.#overuses = 0;
    this.#usage = "overuse";
  }

  /** del_var_th(i) = del_var_th(i-1) + (t(i)-t(i-1)) * K(i) * (|m(i)|-del_var_th(i-1)). */
  #adapt(modified: number, now: Millis): void {
    const elapsed = Math.min(now - (this.#adaptedAt ?? now), MAX_ADAPT_TIME);
    this.#adaptedAt = now;
    if (modified > this.#threshold + MAX_ADAPT_OFFSET) return;
    const gain = modified < this.#threshold ? K_D : K_U;
    const adapted = this.#threshold + gain * (modified - this.#threshold) * elapsed;
    this.#threshold = Math.min(Math.max(adapted, MIN_THRESHOLD), MAX_THRESHOLD);
  }
}
