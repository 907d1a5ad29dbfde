import { construct, slotsOfNew } from "../../webidl/construct.ts";
import { defineInterface } from "../../webidl/interface.ts";
import type { RTCRtpScriptTransformer } from "./rtc_rtp_script_transformer.ts";

/** Brings a transformer to a worker (W3C WebRTC Encoded Transform section 4.6): the event `rtctransform` of its global scope. */
export class RTCTransformEvent extends Event {
  readonly #slots: { readonly transformer: RTCRtpScriptTransformer };

  /** Throws a TypeError: scripts can't construct it. */
  constructor() {
    const slots = slotsOfNew<{ readonly transformer: RTCRtpScriptTransformer }>();
    super("rtctransform");
    this.#slots = slots;
  }

  /** The transformer. */
  get transformer(): RTCRtpScriptTransformer {
    return this.#slots.transformer;
  }
}

defineInterface(RTCTransformEvent);

/** The event for a transformer. */
export function createTransformEvent(transformer: RTCRtpScriptTransformer): RTCTransformEvent {
  return construct(RTCTransformEvent, { transformer });
}
