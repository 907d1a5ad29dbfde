import { RTCDataChannel } from "../rtc_data_channel.ts";
import { domString, instance, requireArguments } from "../../webidl/convert.ts";
import { defineInterface } from "../../webidl/interface.ts";
import { eventInit } from "../../webidl/event_init.ts";

/** How an {@linkcode RTCDataChannelEvent} is made. */
export interface RTCDataChannelEventInit extends EventInit {
  /** The channel. */
  channel: RTCDataChannel;
}

const rtcDataChannelEventInit = eventInit("RTCDataChannelEventInit", {
  channel: { convert: instance(RTCDataChannel), required: true },
});

/** Brings a channel that the other side has opened (W3C WebRTC section 6.3). */
export class RTCDataChannelEvent extends Event {
  readonly #channel: RTCDataChannel;

  /** A new event; throws a TypeError if `eventInitDict` lacks a channel. */
  constructor(type: string, eventInitDict: RTCDataChannelEventInit) {
    requireArguments("RTCDataChannelEvent constructor", arguments.length, 2);
    const init = rtcDataChannelEventInit(eventInitDict, "RTCDataChannelEvent constructor");
    super(domString(type, "RTCDataChannelEvent constructor: type"), init);
    this.#channel = init.channel;
  }

  /** The channel. */
  get channel(): RTCDataChannel {
    return this.#channel;
  }
}

defineInterface(RTCDataChannelEvent);
