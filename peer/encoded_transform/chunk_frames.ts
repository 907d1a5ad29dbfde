/**
 * Frames for scripts, and the chunks that they stand for.
 *
 * @module
 */
import type { EncodedChunk, MediaKind } from "../../media/encoded_chunk.ts";
import { chunkMetadataOf, frameMetadataOf } from "../../media/frame_metadata.ts";
import type { FramePipeOwner } from "./frame_pipe.ts";
import type { FrameSlots } from "./frame_slots.ts";
import {
  audioFrameSlots,
  createAudioFrame,
  RTCEncodedAudioFrame,
} from "./rtc_encoded_audio_frame.ts";
import {
  createVideoFrame,
  RTCEncodedVideoFrame,
  videoFrameSlots,
} from "./rtc_encoded_video_frame.ts";

/** Either kind of frame. */
export type EncodedFrame = RTCEncodedVideoFrame | RTCEncodedAudioFrame;

/** Whose frame it is, and which. */
export interface FrameMark {
  readonly owner: object;
  readonly counter: number;
}

/** Whether frames come from an encoder or a depacketizer, and of what. */
type FrameOrigin = Pick<FramePipeOwner, "side" | "kind">;

/** A frame for a script, with bytes of its own. */
export function frameOf(
  origin: FrameOrigin,
  chunk: EncodedChunk,
  mark?: FrameMark,
): EncodedFrame {
  return createFrame(origin.kind, {
    type: chunk.type,
    data: chunk.data.slice().buffer,
    metadata: metadataFor(origin, chunk),
    chunk,
    ...mark,
  });
}

/** What a script is told of a chunk; of the clock that a frame was captured by, only a receiver is (W3C WebRTC Encoded Transform section 2.2). */
export function metadataFor(
  { side, kind }: FrameOrigin,
  chunk: EncodedChunk,
): FrameSlots["metadata"] {
  const { senderCaptureTimeOffset, ...metadata } = frameMetadataOf(
    kind,
    chunk,
    performance.timeOrigin,
  );
  const isTold = side === "receiver" && senderCaptureTimeOffset !== undefined;
  return isTold ? { ...metadata, senderCaptureTimeOffset } : metadata;
}

/** A frame with these slots. */
export function createFrame(kind: MediaKind, slots: FrameSlots): EncodedFrame {
  return kind === "video" ? createVideoFrame(slots) : createAudioFrame(slots);
}

/** The slots of a frame; undefined for anything else. */
export function slotsOf(value: unknown): FrameSlots | undefined {
  if (value instanceof RTCEncodedVideoFrame) return videoFrameSlots(value);
  if (value instanceof RTCEncodedAudioFrame) return audioFrameSlots(value);
  return undefined;
}

/** The chunk that a frame stands for, now that a script may have changed it. The bytes are those of the frame. */
export function chunkOf({ type, data, metadata, chunk }: FrameSlots): EncodedChunk {
  const { timestamp = chunk?.timestamp ?? 0 } = metadata as { timestamp?: number };
  return {
    ...chunk,
    type,
    timestamp,
    data: new Uint8Array(data),
    metadata: { ...chunk?.metadata, ...chunkMetadataOf(metadata, performance.timeOrigin) },
  };
}
