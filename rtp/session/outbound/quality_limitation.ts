import type { Millis } from "../../../core/stage/mod.ts";

/** Why frames of an encoding are left out: congestion, or the limits that the application has set; or that none is. */
export type QualityLimitationReason = "none" | "bandwidth" | "other";

/** For how long the frame rate of an encoding has been limited, and why (webrtc-stats section 8.7). */
export class QualityLimitation {
  /** Why it is now. */
  reason: QualityLimitationReason = "none";
  /** Since when. */
  since: Millis | undefined;
  /** How long each reason has been in force before. */
  readonly durations: Record<QualityLimitationReason, Millis> = { none: 0, bandwidth: 0, other: 0 };

  /** A frame leaves, or is left out for this reason. */
  enter(reason: QualityLimitationReason, now: Millis): void {
    if (this.since !== undefined) {
      if (reason === this.reason) return;
      this.durations[this.reason] += now - this.since;
    }
    this.reason = reason;
    this.since = now;
  }
}
