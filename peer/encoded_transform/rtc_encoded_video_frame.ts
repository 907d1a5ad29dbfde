import type { RTCEncodedVideoFrameMetadata } from "../../media/frame_metadata.ts";
import { construct, providedSlots } from "../../webidl/construct.ts";
import { dictionary, instance, requireArguments } from "../../webidl/convert.ts";
import { defineInterface } from "../../webidl/interface.ts";
import { arrayBuffer, copySlots, type FrameSlots, videoFrameMetadata } from "./frame_slots.ts";

/** How an {@linkcode RTCEncodedVideoFrame} differs from what it is made from. */
export interface RTCEncodedVideoFrameOptions {
  /** Members that replace those of the original. */
  metadata?: RTCEncodedVideoFrameMetadata;
}

type Slots = FrameSlots<RTCEncodedVideoFrameMetadata>;

const frameOptions = dictionary("RTCEncodedVideoFrameOptions", {
  metadata: { convert: videoFrameMetadata },
});

/** The slots of a frame. Throws a TypeError for anything else. */
export let videoFrameSlots: (frame: RTCEncodedVideoFrame) => Slots;

/**
 * One encoded picture on its way through a sender or receiver (W3C WebRTC Encoded Transform section 4.3).
 *
 * @example
 * ```ts
 * import { RTCEncodedVideoFrame } from "@heron/webrtc";
 *
 * // Turns bits over: for what is read from the readable of a transformer. The first bytes tell who forwards or receives the frame whether
 * // it is a key frame: in VP8 these are ten.
 * function invert(frame: RTCEncodedVideoFrame): void {
 *   const bytes = new Uint8Array(frame.data);
 *   frame.data = bytes.map((byte, i) => i < 10 ? byte : byte ^ 0xff).buffer;
 * }
 * ```
 */
export class RTCEncodedVideoFrame {
  static {
    videoFrameSlots = (frame) => frame.#slots;
  }

  readonly #slots: Slots;

  /**
   * A copy of a frame, with other metadata where `options` has some. It is no frame of a stream: a transformer doesn't take it.
   *
   * Throws a TypeError if `originalFrame` is no frame.
   */
  constructor(originalFrame: RTCEncodedVideoFrame, options: RTCEncodedVideoFrameOptions = {}) {
    const provided = providedSlots<Slots>();
    if (provided !== undefined) {
      this.#slots = provided;
      return;
    }
    const context = "RTCEncodedVideoFrame constructor";
    requireArguments(context, arguments.length, 1);
    const original = instance(RTCEncodedVideoFrame)(originalFrame, context).#slots;
    this.#slots = copySlots(original, frameOptions(options, context).metadata);
  }

  /** Whether it can be decoded without what came before. */
  get type(): "key" | "delta" {
    return this.#slots.type;
  }

  /** Its RTP timestamp, as older versions of the text have it; 0 where it is not known. */
  get timestamp(): number {
    return this.#slots.metadata.rtpTimestamp ?? 0;
  }

  /** The encoded bytes, in the format of `EncodedChunk.data`; empty once the frame has been written. Setting anything but an ArrayBuffer throws a TypeError. */
  get data(): ArrayBuffer {
    return this.#slots.data;
  }

  set data(value: ArrayBuffer) {
    const slots = this.#slots;
    slots.data = arrayBuffer(value, "RTCEncodedVideoFrame.data");
  }

  /** What is known of it; a copy. */
  getMetadata(): RTCEncodedVideoFrameMetadata {
    return structuredClone(this.#slots.metadata);
  }

  /** For a person to read, as Chromium writes it. */
  toString(): string {
    const { type, data } = this.#slots;
    return `RTCEncodedVideoFrame{rtpTimestamp: ${this.timestamp}, size: ${data.byteLength}, type: ${type}}`;
  }
}

defineInterface(RTCEncodedVideoFrame);

/** A frame of a stream. */
export function createVideoFrame(slots: Slots): RTCEncodedVideoFrame {
  return construct(RTCEncodedVideoFrame, slots);
}
