import type { Millis } from "../../../core/mod.ts";
import type { ChunkMetadata } from "../../../media/encoded_chunk.ts";
import { FrameRate, type InboundFrame } from "../../../rtp/mod.ts";
import { FrameIntervals } from "./frame_intervals.ts";
import { Sound } from "./sound.ts";

/** What was delivered to a receiver's track of one stream. Milliseconds of the connection's clock. */
export class ReceivedFrames {
  readonly rate = new FrameRate();
  readonly intervals = new FrameIntervals();
  readonly sound = new Sound();
  width: number | undefined;
  height: number | undefined;
  /** Frames of video, samples of audio. */
  emitted = 0;
  /** How long each of these took from its first packet on, in all. */
  delay: Millis = 0;
  /** How long each was to be held, in all. */
  targetDelay: Millis = 0;
  /** From the first to the last packet of frames that took several, in all. */
  assembly: Millis = 0;
  /** When the latest frame that is known to have a time was captured, by the sender's wall clock, and when it was delivered. */
  latest: { readonly senderTime: number; readonly at: Millis } | undefined;

  /** A frame is delivered. */
  add(frame: InboundFrame, { width, height }: ChunkMetadata, now: Millis): void {
    const { mimeType, receiveTime, firstReceiveTime, senderTime, delay } = frame;
    let count = 1;
    if (mimeType.startsWith("audio/")) count = this.sound.add(frame);
    else {
      this.rate.add(now);
      this.intervals.add(now);
      this.assembly += Math.max(0, receiveTime - firstReceiveTime);
      if (width !== undefined) [this.width, this.height] = [width, height];
    }
    this.emitted += count;
    this.delay += (now - firstReceiveTime) * count;
    this.targetDelay += delay * count;
    if (senderTime !== undefined) this.latest = { senderTime, at: now };
  }
}
