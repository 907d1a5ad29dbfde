import type { RTCEncodedAudioFrameMetadata } from "../../media/frame_metadata.ts";
import { construct, providedSlots } from "../../webidl/construct.ts";
import { dictionary, instance, requireArguments } from "../../webidl/convert.ts";
import { defineInterface } from "../../webidl/interface.ts";
import { arrayBuffer, audioFrameMetadata, copySlots, type FrameSlots } from "./frame_slots.ts";

/** How an {@linkcode RTCEncodedAudioFrame} differs from what it is made from. */
export interface RTCEncodedAudioFrameOptions {
  /** Members that replace those of the original. */
  metadata?: RTCEncodedAudioFrameMetadata;
}

type Slots = FrameSlots<RTCEncodedAudioFrameMetadata>;

const frameOptions = dictionary("RTCEncodedAudioFrameOptions", {
  metadata: { convert: audioFrameMetadata },
});

/** The slots of a frame. Throws a TypeError for anything else. */
export let audioFrameSlots: (frame: RTCEncodedAudioFrame) => Slots;

/** One encoded piece of audio on its way through a sender or receiver (W3C WebRTC Encoded Transform section 4.5). */
export class RTCEncodedAudioFrame {
  static {
    audioFrameSlots = (frame) => frame.#slots;
  }

  readonly #slots: Slots;

  /**
   * A copy of a frame, with other metadata where `options` has some. It is no frame of a stream: a transformer doesn't take it.
   *
   * Throws a TypeError if `originalFrame` is no frame.
   */
  constructor(originalFrame: RTCEncodedAudioFrame, options: RTCEncodedAudioFrameOptions = {}) {
    const provided = providedSlots<Slots>();
    if (provided !== undefined) {
      this.#slots = provided;
      return;
    }
    const context = "RTCEncodedAudioFrame constructor";
    requireArguments(context, arguments.length, 1);
    const original = instance(RTCEncodedAudioFrame)(originalFrame, context).#slots;
    this.#slots = copySlots(original, frameOptions(options, context).metadata);
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
    slots.data = arrayBuffer(value, "RTCEncodedAudioFrame.data");
  }

  /** What is known of it; a copy. */
  getMetadata(): RTCEncodedAudioFrameMetadata {
    return structuredClone(this.#slots.metadata);
  }

  /** For a person to read, as Chromium writes it. */
  toString(): string {
    return `RTCEncodedAudioFrame{rtpTimestamp: ${this.timestamp}, size: ${this.#slots.data.byteLength}}`;
  }
}

defineInterface(RTCEncodedAudioFrame);

/** A frame of a stream. */
export function createAudioFrame(slots: Slots): RTCEncodedAudioFrame {
  return construct(RTCEncodedAudioFrame, slots);
}
