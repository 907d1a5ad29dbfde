import type { FrameTransform } from "./frame_transform.ts";
import { RTCRtpScriptTransform, scriptTransformOf } from "./rtc_rtp_script_transform.ts";
import { SFrameTransform, sframeTransformOf } from "./sframe/sframe_transform.ts";
import type { FramePipe } from "./frame_pipe.ts";

/** What can transform the frames of a sender or receiver (W3C WebRTC Encoded Transform section 2). */
export type RTCRtpTransform = SFrameTransform | RTCRtpScriptTransform;

/** The transform of a script that stands in a pipe. */
const objects = new WeakMap<FrameTransform, RTCRtpTransform>();

/** The `transform` getter of a sender or receiver (W3C WebRTC Encoded Transform section 2.2). */
export function getTransform({ transform }: FramePipe): RTCRtpTransform | null {
  return transform === null ? null : objects.get(transform) ?? null;
}

/** Its setter. Throws a TypeError for what is no transform, and an `InvalidStateError` for one that is, or was, in use elsewhere. */
export function setTransform(pipe: FramePipe, value: unknown, context: string): void {
  if (pipe.transform !== null && getTransform(pipe) === null) {
    throw new DOMException(`${context}: createEncodedStreams was called`, "InvalidStateError");
  }
  if (value === null || value === undefined) return pipe.setTransform(null);
  const [object, transform] = convert(value, context);
  pipe.setTransform(transform);
  objects.set(transform, object);
}

function convert(value: unknown, context: string): [RTCRtpTransform, FrameTransform] {
  if (value instanceof RTCRtpScriptTransform) return [value, scriptTransformOf(value)];
  if (value instanceof SFrameTransform) return [value, sframeTransformOf(value)];
  throw new TypeError(`${context}: neither an RTCRtpScriptTransform nor an SFrameTransform`);
}
