import { RTCError } from "../rtc_error.ts";
import { domString, instance, requireArguments } from "../../webidl/convert.ts";
import { eventInit } from "../../webidl/event_init.ts";
import { defineInterface } from "../../webidl/interface.ts";

/** How an {@linkcode RTCErrorEvent} is made. */
export interface RTCErrorEventInit extends EventInit {
  /** The error. */
  error: RTCError;
}

const rtcErrorEventInit = eventInit("RTCErrorEventInit", {
  error: { convert: instance(RTCError), required: true },
});

/** An event that brings an {@linkcode RTCError} (W3C WebRTC section 11.3). */
export class RTCErrorEvent extends Event {
  readonly #error: RTCError;

  /** A new event; throws a TypeError if `eventInitDict` lacks an error. */
  constructor(type: string, eventInitDict: RTCErrorEventInit) {
    requireArguments("RTCErrorEvent constructor", arguments.length, 2);
    const init = rtcErrorEventInit(eventInitDict, "RTCErrorEvent constructor");
    super(domString(type, "RTCErrorEvent constructor: type"), init);
    this.#error = init.error;
  }

  /** The error. */
  get error(): RTCError {
    return this.#error;
  }
}

defineInterface(RTCErrorEvent);
