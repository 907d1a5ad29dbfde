/**
 * What an `RTCRtpScriptTransform` and its `RTCRtpScriptTransformer` in a worker tell each other, over a port of their own. The two run the
 * same version of this module. Frames go with their bytes transferred, not copied.
 *
 * @module
 */
import type { MediaKind } from "../../media/encoded_chunk.ts";
import type { RTCEncodedFrameMetadata } from "../../media/frame_metadata.ts";

/** Comes to the worker's global scope: makes a transformer. */
export interface StartMessage {
  readonly is: typeof START;
  /** Where the transformer's messages come from and go to. */
  readonly port: MessagePort;
  /** For the script. */
  readonly options: unknown;
  /** `performance.timeOrigin` of where the transform is. */
  readonly timeOrigin: number;
}

/** What a {@linkcode StartMessage} is known by among the messages of an application. */
export const START = "@heron/webrtc: rtctransform";

/** What the script sees of a frame, and what tells it from others. */
export interface FrameMessage {
  readonly is: "frame";
  readonly kind: MediaKind;
  readonly type: "key" | "delta";
  readonly data: ArrayBuffer;
  readonly metadata: RTCEncodedFrameMetadata;
  readonly counter: number;
  /** The calls of `generateKeyFrame` that this frame fulfills. */
  readonly fulfills: readonly number[];
}

/** To the worker. */
export type ToTransformer =
  | FrameMessage
  | { readonly is: "associated"; readonly side: "sender" | "receiver"; readonly kind: MediaKind }
  | { readonly is: "keyframerequest"; readonly rid: string | undefined }
  /** A call can't be fulfilled. */
  | { readonly is: "rejected"; readonly call: number; readonly message: string }
  | { readonly is: "detached" | "ended" };

/** From the worker. */
export type FromTransformer =
  /** The script has read one more frame. */
  | { readonly is: "read" }
  | { readonly is: "frame"; readonly counter: number; readonly data: ArrayBuffer }
  | { readonly is: "generateKeyFrame"; readonly call: number; readonly rid: string | undefined }
  | { readonly is: "sendKeyFrameRequest" };

/** Whether a message is one that makes a transformer. */
export function isStart(data: unknown): data is StartMessage {
  return typeof data === "object" && data !== null && (data as Partial<StartMessage>).is === START;
}
