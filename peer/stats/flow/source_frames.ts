import type { Millis } from "../../../core/mod.ts";
import type { EncodedChunk } from "../../../media/encoded_chunk.ts";
import { FrameRate } from "../../../rtp/mod.ts";
import { Sound } from "./sound.ts";

/** What a sender's track has given while it was sent. */
export class SourceFrames {
  readonly rate = new FrameRate();
  readonly sound = new Sound();
  frames = 0;

  /** The track gives something, which is in this codec unless it says otherwise. */
  add({ data, metadata }: EncodedChunk, codec: string | undefined, now: Millis): void {
    this.frames++;
    this.rate.add(now);
    const mimeType = metadata?.mimeType ?? codec;
    const audioLevel = metadata?.audioLevel;
    if (mimeType === undefined) return;
    this.sound.add({ mimeType, data, ...(audioLevel !== undefined && { audioLevel }) });
  }
}
