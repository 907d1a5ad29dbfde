import type { Millis } from "../../../core/mod.ts";
import { describeKeyFrame } from "../../../media/codecs/key_frame.ts";
import { FrameRate, type OutboundFrame } from "../../../rtp/mod.ts";

/** A frame is huge if it has so many times the average size (webrtc-stats section 8.7, `hugeFramesSent`). */
const HUGE = 2.5;

/** What was given to the RTP session for one encoding of video. */
export class SentFrames {
  readonly rate = new FrameRate();
  width: number | undefined;
  height: number | undefined;
  huge = 0;
  /** Bits per second that congestion control allows for; undefined while it has not said. */
  targetBitrate: number | undefined;

  /** A frame is sent. */
  add({ data, keyFrame }: OutboundFrame, mimeType: string, now: Millis): void {
    const frames = this.rate.isSettled(now) ? this.rate.at(now) : 0;
    this.rate.add(now);
    // The average is what the target allows for a frame.
    const average = this.targetBitrate !== undefined && frames
      ? this.targetBitrate / frames
      : Infinity;
    if (data.length * 8 >= HUGE * average) this.huge++;
    const size = keyFrame ? describeKeyFrame(mimeType, data) : undefined;
    if (size !== undefined) ({ width: this.width, height: this.height } = size);
  }
}
