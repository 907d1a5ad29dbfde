import { RTCDataChannel } from "../rtc_data_channel.ts";
import { instance } from "../../webidl/convert.ts";
import { defineInterface } from "../../webidl/interface.ts";
import { eventArguments } from "../../webidl/event.ts";

/** How an {@linkcode RTCDataChannelEvent} is made. */
export interface RTCDataChannelEventInit extends EventInit {
  /** The channel. */
  channel: RTCDataChannel;
}

const readArguments = eventArguments("RTCDataChannelEvent", {
  channel: { convert: instance(RTCDataChannel), required: true },
});

/** Brings a channel that the other side has opened (W3C WebRTC section 6.3). */
export class RTCDataChannelEvent extends Event {
  readonly #channel: RTCDataChannel;

  /** A new event; throws a TypeError if `eventInitDict` lacks a channel. */
  constructor(type: string, eventInitDict: RTCDataChannelEventInit) {
    const { type: name, init } = readArguments(arguments.length, type, eventInitDict);
    super(name, init);
    this.#channel = init.channel;
  }

  /** The channel. */
  get channel(): RTCDataChannel {
    return this.#channel;
  }
}

defineInterface(RTCDataChannelEvent);
