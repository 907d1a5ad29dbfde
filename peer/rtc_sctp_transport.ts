import type { RTCDtlsTransport } from "./rtc_dtls_transport.ts";
import { slotsOfNew } from "../webidl/construct.ts";
import {
  defineInterface,
  type EventHandlers,
  type Listen,
  type Unlisten,
} from "../webidl/interface.ts";

/** How far the SCTP association is (W3C WebRTC section 6.1.2). */
export type RTCSctpTransportState = "connecting" | "connected" | "closed";

/** The events of an {@linkcode RTCSctpTransport}. */
export interface RTCSctpTransportEventMap {
  /** The state has changed. */
  statechange: Event;
}

/** The internal slots of an {@linkcode RTCSctpTransport} (W3C WebRTC section 6.1.1.1). */
export interface SctpTransportSlots {
  transport: RTCDtlsTransport;
  state: RTCSctpTransportState;
  /** The largest message, in bytes, that `send` takes. */
  maxMessageSize: number | null;
  /** The most bytes that one channel may have buffered. */
  maxBufferSize: number | null;
  maxChannels: number | null;
}

/** The bytes that one channel can have buffered, where the peer's limit on messages is not higher: what Chromium allows. */
export const SEND_BUFFER_SIZE = 16 * 1024 * 1024;

/**
 * Updates the data max message size (W3C WebRTC section 6.1.1.2).
 *
 * `remoteMaxMessageSize` is the value of a=max-message-size, where 0 means any size (RFC 8841 section 6).
 */
export function updateMaxMessageSize(
  slots: SctpTransportSlots,
  remoteMaxMessageSize: number,
): void {
  const [small, large] = [remoteMaxMessageSize, SEND_BUFFER_SIZE].sort((a, b) => a - b) as [
    number,
    number,
  ];
  slots.maxMessageSize = small === 0 ? large : small;
  slots.maxBufferSize = large;
}

/** What an application sees of the SCTP association (W3C WebRTC section 6.1.1). Scripts can't construct it. */
export class RTCSctpTransport extends EventTarget {
  readonly #slots: SctpTransportSlots = slotsOfNew<SctpTransportSlots>();

  /** The transport underneath. */
  get transport(): RTCDtlsTransport {
    return this.#slots.transport;
  }

  /** How far the association is. */
  get state(): RTCSctpTransportState {
    return this.#slots.state;
  }

  /** The largest message, in bytes, that a channel can send; null before it has been negotiated. */
  get maxMessageSize(): number | null {
    return this.#slots.maxMessageSize;
  }

  /** How many channels there can be at once; null before the association is connected. */
  get maxChannels(): number | null {
    return this.#slots.maxChannels;
  }
}

/** Typed events. */
export interface RTCSctpTransport extends EventHandlers<RTCSctpTransportEventMap> {
  /** Appends a listener. */
  addEventListener: Listen<RTCSctpTransportEventMap>;
  /** Removes a listener. */
  removeEventListener: Unlisten<RTCSctpTransportEventMap>;
}

defineInterface(RTCSctpTransport, { handlers: ["statechange"] });
