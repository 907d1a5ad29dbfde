import type { KeyFrameRequestEvent } from "../../media/events/key_frame_request_event.ts";
import { construct, slotsOfNew } from "../../webidl/construct.ts";
import { domString } from "../../webidl/convert.ts";
import {
  defineInterface,
  type EventHandlers,
  type Listen,
  type Unlisten,
} from "../../webidl/interface.ts";
import { promised } from "../../webidl/promised.ts";
import type { EncodedFrame } from "./chunk_frames.ts";
import type { TransformerPort } from "./transformer_port.ts";

/** The events of an {@linkcode RTCRtpScriptTransformer}. */
export interface RTCRtpScriptTransformerEventMap {
  /** A key frame is asked of the sender. Unless this is cancelled, its encoder is asked for one. */
  keyframerequest: KeyFrameRequestEvent;
}

/** What a script in a worker transforms frames with (W3C WebRTC Encoded Transform section 4.6). Comes with an `rtctransform` event. */
export class RTCRtpScriptTransformer extends EventTarget {
  readonly #slots: TransformerPort;

  /** Throws a TypeError: scripts can't construct it. */
  constructor() {
    const slots = slotsOfNew<TransformerPort>();
    super();
    this.#slots = slots;
    slots.target = this;
  }

  /** The frames of the sender or receiver. */
  get readable(): ReadableStream<EncodedFrame> {
    return this.#slots.readable;
  }

  /**
   * Asks the encoder of a video sender for a key frame, of the layer `rid` where it is given, else of all.
   *
   * Resolves just before there is one in `readable`, with its RTP timestamp, as browsers do (the text says: with nothing). Rejects with an
   * `InvalidStateError` if this is no transformer of a video sender, with a TypeError if `rid` is none, and with a `NotFoundError` if no
   * such layer is sent.
   */
  generateKeyFrame(rid: string | undefined = undefined): Promise<number> {
    return promised(() => {
      const slots = this.#slots;
      const context = "RTCRtpScriptTransformer.generateKeyFrame: rid";
      return slots.generateKeyFrame(rid === undefined ? undefined : domString(rid, context));
    });
  }

  /** Asks the other side for a key frame. Rejects with an `InvalidStateError` if this is no transformer of a video receiver. */
  sendKeyFrameRequest(): Promise<void> {
    return promised(() => this.#slots.sendKeyFrameRequest());
  }

  /**
   * Takes back the frames of `readable`, transformed or not: each once, and in their order. Others are ignored; what is no frame is a
   * TypeError, and the end of the stream.
   */
  get writable(): WritableStream<EncodedFrame> {
    return this.#slots.writable;
  }

  /** What the transform was constructed with. */
  get options(): unknown {
    return this.#slots.options;
  }
}

/** Typed events. */
export interface RTCRtpScriptTransformer extends EventHandlers<RTCRtpScriptTransformerEventMap> {
  /** Appends a listener. */
  addEventListener: Listen<RTCRtpScriptTransformerEventMap>;
  /** Removes a listener. */
  removeEventListener: Unlisten<RTCRtpScriptTransformerEventMap>;
}

defineInterface(RTCRtpScriptTransformer, { handlers: ["keyframerequest"] });

/** The transformer at this end of a port. */
export function createTransformer(port: TransformerPort): RTCRtpScriptTransformer {
  return construct(RTCRtpScriptTransformer, port);
}
