import type { Millis } from "../../core/stage/mod.ts";
import type { ArrivedPacket } from "./packet_result.ts";

/** How much time the first sample, and each one after it, is taken over, in ms. libwebrtc's numbers. */
const INITIAL_WINDOW = 500;
const WINDOW = 150;

/** How doubtful a sample is, for how far it is from what was expected. libwebrtc's number. */
const UNCERTAINTY_SCALE = 10;

/** How much the true rate is taken to vary from one sample to the next, in kb/s squared; and to begin with. libwebrtc's numbers. */
const VARIANCE_GROWTH = 5;
const INITIAL_VARIANCE = 50;

/**
 * Estimates the rate at which packets arrive at the receiver: R_hat of draft-ietf-rmcat-gcc-02 section 5.5.
 *
 * Deviation: the draft takes the mean over half a second; libwebrtc takes shorter samples and weighs each by how likely it is
 * (Bayes), which follows a drop of capacity in half the time, and so do we.
 */
export class AcknowledgedBitrateEstimator {
  #estimate: number | undefined;
  #variance = INITIAL_VARIANCE;
  #bytes = 0;
  #elapsed = 0;
  #last: Millis | undefined;

  /** In bits per second; undefined until enough has arrived. */
  get bitrate(): number | undefined {
    return this.#estimate === undefined ? undefined : this.#estimate * 1000;
  }

  /** Takes packets in the order in which they arrived. */
  push(packets: readonly ArrivedPacket[]): void {
    for (const { receivedAt, size } of packets) {
      const sample = this.#sample(receivedAt, size);
      if (sample !== undefined) this.#update(sample);
    }
  }

  /**
   * Feedback was lost: nothing is known of what arrived since the last packet, so that the time since then does not count.
   *
   * Deviation: libwebrtc takes it for silence, and its estimate falls with each lost feedback.
   */
  skip(): void {
    this.#last = undefined;
  }

  /** Bits per ms, which is kb/s, over a window that is full. */
  #sample(at: Millis, size: number): number | undefined {
    const window = this.#estimate === undefined ? INITIAL_WINDOW : WINDOW;
    const since = at - (this.#last ?? at);
    this.#last = at;
    if (since < 0) {
      // The clock went back: what has been counted belongs to another time.
      this.#bytes = size;
      this.#elapsed = 0;
      return undefined;
    }
    this.#elapsed += since;
    // Nothing came for longer than a window: that is a pause, not a rate.
    if (since > window) {
      this.#bytes = 0;
      this.#elapsed %= window;
    }
    let sample: number | undefined;
    if (this.#elapsed >= window) {
      sample = 8 * this.#bytes / window;
      this.#bytes = 0;
      this.#elapsed -= window;
    }
    this.#bytes += size;
    return sample;
  }

  #update(sample: number): void {
    if (this.#estimate === undefined) {
      this.#estimate = sample;
      return;
    }
    const doubt = UNCERTAINTY_SCALE * Math.abs(this.#estimate - sample) /
      Math.max(this.#estimate, 1);
    const sampleVariance = doubt * doubt;
    const variance = this.#variance + VARIANCE_GROWTH;
    const total = sampleVariance + variance;
    this.#estimate = (sampleVariance * this.#estimate + variance * sample) / total;
    this.#variance = sampleVariance * variance / total;
  }
}
