import {
  type Converter,
  enforcedUnsignedLongLong,
  enumeration,
  nullable,
} from "../../../webidl/convert.ts";
import { eventArguments } from "../../../webidl/event.ts";
import { defineInterface } from "../../../webidl/interface.ts";

/** Why a frame could not be decrypted: its tag is wrong, its key is not known, or it is no SFrame ciphertext. */
export type SFrameTransformErrorEventType = "authentication" | "keyID" | "syntax";

/** How an {@linkcode SFrameTransformErrorEvent} is made. */
export interface SFrameTransformErrorEventInit extends EventInit {
  /** Why. */
  errorType: SFrameTransformErrorEventType;
  /** The frame. */
  frame: unknown;
  /** The key that is not known. */
  keyID?: number | bigint | null;
}

const keyID: Converter<number | bigint> = (value, context) =>
  typeof value === "bigint" ? value : enforcedUnsignedLongLong(value, context);

const readArguments = eventArguments("SFrameTransformErrorEvent", {
  errorType: {
    convert: enumeration("SFrameTransformErrorEventType", ["authentication", "keyID", "syntax"]),
    required: true,
  },
  frame: { convert: (value: unknown) => value, required: true },
  keyID: { convert: nullable(keyID), default: () => null },
});

/** Tells that a frame could not be decrypted (W3C WebRTC Encoded Transform section 3). */
export class SFrameTransformErrorEvent extends Event {
  readonly #errorType: SFrameTransformErrorEventType;
  readonly #keyID: number | bigint | null;
  readonly #frame: unknown;

  /** A new event; throws a TypeError if `eventInitDict` lacks an error type or a frame. */
  constructor(type: string, eventInitDict: SFrameTransformErrorEventInit) {
    const { type: name, init } = readArguments(arguments.length, type, eventInitDict);
    super(name, init);
    this.#errorType = init.errorType;
    this.#keyID = init.keyID;
    this.#frame = init.frame;
  }

  /** Why. */
  get errorType(): SFrameTransformErrorEventType {
    return this.#errorType;
  }

  /** The key that is not known, for `"keyID"`; else null. */
  get keyID(): number | bigint | null {
    return this.#keyID;
  }

  /** The frame as it came: an `RTCEncodedVideoFrame`, an `RTCEncodedAudioFrame`, or bytes. */
  get frame(): unknown {
    return this.#frame;
  }
}

defineInterface(SFrameTransformErrorEvent);
