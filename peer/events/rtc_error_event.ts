import { RTCError } from "../rtc_error.ts";
import { instance } from "../../webidl/convert.ts";
import { eventArguments } from "../../webidl/event.ts";
import { defineInterface } from "../../webidl/interface.ts";

/** How an {@linkcode RTCErrorEvent} is made. */
export interface RTCErrorEventInit extends EventInit {
  /** The error. */
  error: RTCError;
}

const readArguments = eventArguments("RTCErrorEvent", {
  error: { convert: instance(RTCError), required: true },
});

/** An event that brings an {@linkcode RTCError} (W3C WebRTC section 11.3). */
export class RTCErrorEvent extends Event {
  readonly #error: RTCError;

  /** A new event; throws a TypeError if `eventInitDict` lacks an error. */
  constructor(type: string, eventInitDict: RTCErrorEventInit) {
    const { type: name, init } = readArguments(arguments.length, type, eventInitDict);
    super(name, init);
    this.#error = init.error;
  }

  /** The error. */
  get error(): RTCError {
    return this.#error;
  }
}

defineInterface(RTCErrorEvent);
