import { domString } from "../../webidl/convert.ts";
import { eventArguments } from "../../webidl/event.ts";
import { defineInterface } from "../../webidl/interface.ts";

/** How an {@linkcode RTCDTMFToneChangeEvent} is made. */
export interface RTCDTMFToneChangeEventInit extends EventInit {
  /** The tone; empty by default. */
  tone?: string;
}

const readArguments = eventArguments("RTCDTMFToneChangeEvent", {
  tone: { convert: domString, default: () => "" },
});

/** Tells that a tone begins, or that the last one has ended (W3C WebRTC section 7.3). */
export class RTCDTMFToneChangeEvent extends Event {
  readonly #tone: string;

  /** A new event. */
  constructor(type: string, eventInitDict: RTCDTMFToneChangeEventInit = {}) {
    const { type: name, init } = readArguments(arguments.length, type, eventInitDict);
    super(name, init);
    this.#tone = init.tone;
  }

  /** The tone that begins; empty when the last one has ended. */
  get tone(): string {
    return this.#tone;
  }
}

defineInterface(RTCDTMFToneChangeEvent);
