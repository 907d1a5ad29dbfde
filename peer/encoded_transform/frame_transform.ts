import type { EncodedChunk } from "../../media/encoded_chunk.ts";
import type { FramePipe } from "./frame_pipe.ts";

/** A chunk with its place in the stream of a sender or receiver: [[counter]], from 1. */
export interface CountedChunk {
  readonly counter: number;
  readonly chunk: EncodedChunk;
}

/** What stands behind an `RTCRtpScriptTransform`, an `SFrameTransform`, or the streams of `createEncodedStreams`. */
export interface FrameTransform {
  /** [[owner]]: the sender or receiver whose frames it transforms, or has transformed; none may follow. */
  owner: FramePipe | null;
  /** The association steps (W3C WebRTC Encoded Transform section 2.2). What it has transformed it gives to `owner.write`. */
  attach(owner: FramePipe): void;
  /** Takes a frame of the owner. Never throws, and never makes the owner wait. */
  push(frame: CountedChunk): void;
  /** Another transform, or none, has taken its place. */
  detach(): void;
  /** The owner has ended: there will be no more frames. */
  end(): void;
  /** A key frame is asked of the sender; true if the transform sees to it (W3C WebRTC Encoded Transform section 4.9). */
  keyFrameRequested?(rid: string | undefined): boolean;
}
