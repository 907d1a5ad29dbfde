import {
  boolean,
  type Converter,
  dictionary,
  enforcedUnsignedShort,
  usvString,
} from "../webidl/convert.ts";
import { MAX_CHANNEL_ID } from "./connection/data_channels.ts";
import { priorityType, type RTCPriorityType } from "./rtc_priority_type.ts";
import type { ChannelParameters } from "./rtc_data_channel.ts";

/** How a data channel is made (W3C WebRTC section 6.2). */
export interface RTCDataChannelInit {
  /** Whether messages arrive in order; true by default. */
  ordered?: boolean;
  /** For how many milliseconds a message is tried, 0 to 65535. */
  maxPacketLifeTime?: number;
  /** How often a message is retransmitted, 0 to 65535. */
  maxRetransmits?: number;
  /** The name of the subprotocol. */
  protocol?: string;
  /** Whether the application creates the channel at both sides itself, with the same `id`. */
  negotiated?: boolean;
  /** The SCTP stream, 0 to 65534, where `negotiated` is true. */
  id?: number;
  /** How important the channel is among others; "low", which is the normal one, by default. The peer is told. */
  priority?: RTCPriorityType;
}

/** The dictionary with its defaults. */
export type ChannelInit =
  & RTCDataChannelInit
  & Required<Pick<RTCDataChannelInit, "ordered" | "protocol" | "negotiated" | "priority">>;

/** `RTCDataChannelInit`. */
export const rtcDataChannelInit: Converter<ChannelInit> = dictionary("RTCDataChannelInit", {
  ordered: { convert: boolean, default: () => true },
  maxPacketLifeTime: { convert: enforcedUnsignedShort },
  maxRetransmits: { convert: enforcedUnsignedShort },
  protocol: { convert: usvString, default: () => "" },
  negotiated: { convert: boolean, default: () => false },
  id: { convert: enforcedUnsignedShort },
  priority: { convert: priorityType, default: () => "low" as const },
});

/** The longest label and protocol, in bytes of UTF-8 (RFC 8832 section 5.1). */
const MAX_TEXT_BYTES = 65535;

/** The steps of `createDataChannel` that can throw a TypeError; what they let through is a channel's parameters and the id it asks for. */
export function checkChannel(
  label: string,
  init: ChannelInit,
  context: string,
): { parameters: ChannelParameters; id: number | null } {
  for (const [name, text] of Object.entries({ label, protocol: init.protocol })) {
    if (new TextEncoder().encode(text).length > MAX_TEXT_BYTES) {
      throw new TypeError(`${context}: the ${name} exceeds ${MAX_TEXT_BYTES} bytes`);
    }
  }
  const { ordered, protocol, negotiated, priority } = init;
  const { maxPacketLifeTime = null, maxRetransmits = null } = init;
  const id = negotiated ? init.id ?? null : null;
  if (negotiated && id === null) {
    throw new TypeError(`${context}: a negotiated channel needs an id`);
  }
  if (maxPacketLifeTime !== null && maxRetransmits !== null) {
    throw new TypeError(`${context}: maxPacketLifeTime and maxRetransmits exclude each other`);
  }
  if (id !== null && id > MAX_CHANNEL_ID) {
    throw new TypeError(`${context}: the id ${id} exceeds ${MAX_CHANNEL_ID}`);
  }
  return {
    parameters: {
      label,
      protocol,
      ordered,
      maxPacketLifeTime,
      maxRetransmits,
      negotiated,
      priority,
    },
    id,
  };
}
