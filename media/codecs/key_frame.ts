import { describeAv1 } from "./av1.ts";
import { describeH264 } from "./h264.ts";
import { describeH265 } from "./h265.ts";
import { describeVp8 } from "./vp8.ts";
import { describeVp9 } from "./vp9.ts";

/** What the bytes of a key frame say. */
export interface KeyFrame {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** The WebCodecs codec string, such as `"avc1.42e01f"`. */
  readonly codec: string;
}

const DESCRIBE: Readonly<Record<string, (data: Uint8Array) => KeyFrame | undefined>> = {
  "video/vp8": describeVp8,
  "video/vp9": describeVp9,
  "video/h264": describeH264,
  "video/h265": describeH265,
  "video/av1": describeAv1,
};

/** What a frame says of itself; undefined where it is no key frame, or broken. */
export function describeKeyFrame(mimeType: string, data: Uint8Array): KeyFrame | undefined {
  const key = mimeType.toLowerCase();
  const frame = Object.hasOwn(DESCRIBE, key) ? DESCRIBE[key]!(data) : undefined;
  return frame !== undefined && frame.width > 0 && frame.height > 0 ? frame : undefined;
}
