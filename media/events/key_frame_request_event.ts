import { providedSlots, provideSlots } from "../../webidl/construct.ts";
import { domString, requireArguments } from "../../webidl/convert.ts";
import { defineInterface } from "../../webidl/interface.ts";

/** Somebody needs a key frame (W3C WebRTC Encoded Transform section 4.9, `KeyFrameRequestEvent`). */
export class KeyFrameRequestEvent extends Event {
  readonly #rid: string | null;

  /** A new event, for the layer named `rid` where one is named. */
  constructor(type: string, rid: string | undefined = undefined) {
    requireArguments("KeyFrameRequestEvent constructor", arguments.length, 1);
    super(domString(type, "KeyFrameRequestEvent constructor: type"), providedSlots<EventInit>());
    this.#rid = rid === undefined ? null : domString(rid, "KeyFrameRequestEvent constructor: rid");
  }

  /** The restriction identifier of the layer; null where it is not about a certain one. */
  get rid(): string | null {
    return this.#rid;
  }
}

defineInterface(KeyFrameRequestEvent);

/** The event of a transformer, which a script may cancel (W3C WebRTC Encoded Transform section 4.9). */
export function createKeyFrameRequest(rid: string | undefined): KeyFrameRequestEvent {
  provideSlots({ cancelable: true });
  return new KeyFrameRequestEvent("keyframerequest", rid);
}
