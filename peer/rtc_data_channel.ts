import type { RTCErrorEvent } from "./events/rtc_error_event.ts";
import { domString, enforcedUnsignedLong, requireArguments, usvString } from "../webidl/convert.ts";
import { slotsOfNew } from "../webidl/construct.ts";
import {
  defineInterface,
  type EventHandlers,
  type Listen,
  type Unlisten,
} from "../webidl/interface.ts";
import type { RTCPriorityType } from "./rtc_priority_type.ts";

/** How far a data channel is (W3C WebRTC section 6.2.1). */
export type RTCDataChannelState = "connecting" | "open" | "closing" | "closed";

/** How binary messages are handed to the application. */
export type BinaryType = "blob" | "arraybuffer";

/** The events of an {@linkcode RTCDataChannel}. */
export interface RTCDataChannelEventMap {
  /** Messages can be sent now. */
  open: Event;
  /** `bufferedAmount` has fallen to `bufferedAmountLowThreshold`. */
  bufferedamountlow: Event;
  /** The channel has failed. */
  error: RTCErrorEvent;
  /** The other side is closing the channel. */
  closing: Event;
  /** The channel is closed. */
  close: Event;
  /** A message has arrived. */
  message: MessageEvent;
}

/** What a channel is made with; it never changes (RFC 8832 section 5.1). */
export interface ChannelParameters {
  readonly label: string;
  readonly protocol: string;
  readonly ordered: boolean;
  readonly maxPacketLifeTime: number | null;
  readonly maxRetransmits: number | null;
  readonly negotiated: boolean;
  readonly priority: RTCPriorityType;
}

/** One message on its way out. */
export interface ChannelMessage {
  readonly kind: "text" | "binary";
  readonly data: Uint8Array;
}

/** What a channel needs of the connection that it belongs to. */
export interface ChannelHost {
  /** The largest message, in bytes; undefined while there is no transport. */
  readonly maxMessageSize: number | undefined;
  /** The most bytes that may be buffered. */
  readonly maxBufferSize: number | undefined;
  /** Puts a message on the underlying data transport. */
  send(slots: ChannelSlots, message: ChannelMessage): void;
  /** Begins the closing procedure (W3C WebRTC section 6.2, "closing procedure"). */
  close(slots: ChannelSlots): void;
}

/** What has gone over a channel, as its statistics tell. */
export interface ChannelTraffic {
  messagesSent: number;
  bytesSent: number;
  messagesReceived: number;
  bytesReceived: number;
}

/** The internal slots of an {@linkcode RTCDataChannel} (W3C WebRTC section 6.2). */
export interface ChannelSlots extends ChannelParameters {
  readonly host: ChannelHost;
  readonly traffic: ChannelTraffic;
  readyState: RTCDataChannelState;
  id: number | null;
  bufferedAmount: number;
  bufferedAmountLowThreshold: number;
  binaryType: BinaryType;
  /** Settles when every Blob given so far has been read: later messages wait for it, so that the order of the calls holds. */
  blobs: Promise<void> | undefined;
}

const encoder = new TextEncoder();

let channelSlots: (channel: RTCDataChannel) => ChannelSlots;

/**
 * A bidirectional channel of messages (W3C WebRTC section 6.2). `RTCPeerConnection.createDataChannel` makes one; the other side gets
 * its own in a `datachannel` event.
 */
export class RTCDataChannel extends EventTarget {
  static {
    channelSlots = (channel) => channel.#slots;
  }

  readonly #slots: ChannelSlots = slotsOfNew<ChannelSlots>();

  /** What tells this channel from others; need not be unique. */
  get label(): string {
    return this.#slots.label;
  }

  /** Whether messages arrive in the order in which they were sent. */
  get ordered(): boolean {
    return this.#slots.ordered;
  }

  /** For how many milliseconds a message is tried, 0 to 65535; null where it is tried on and on. */
  get maxPacketLifeTime(): number | null {
    return this.#slots.maxPacketLifeTime;
  }

  /** How often a message is retransmitted, 0 to 65535; null where it is tried on and on. */
  get maxRetransmits(): number | null {
    return this.#slots.maxRetransmits;
  }

  /** The name of the subprotocol. */
  get protocol(): string {
    return this.#slots.protocol;
  }

  /** Whether the application negotiates the channel, rather than DCEP. */
  get negotiated(): boolean {
    return this.#slots.negotiated;
  }

  /** How important the channel is among others (WebRTC Priority Control section 4); the peer's word where it has opened the channel. */
  get priority(): RTCPriorityType {
    return this.#slots.priority;
  }

  /** The SCTP stream, 0 to 65534; null before the DTLS roles are known. */
  get id(): number | null {
    return this.#slots.id;
  }

  /** How far the channel is. */
  get readyState(): RTCDataChannelState {
    return this.#slots.readyState;
  }

  /** Bytes given to `send` that have not been transmitted yet. */
  get bufferedAmount(): number {
    return this.#slots.bufferedAmount;
  }

  /** At how many bytes `bufferedamountlow` fires. */
  get bufferedAmountLowThreshold(): number {
    return this.#slots.bufferedAmountLowThreshold;
  }

  set bufferedAmountLowThreshold(value: number) {
    this.#slots.bufferedAmountLowThreshold = enforcedUnsignedLong(
      value,
      "RTCDataChannel.bufferedAmountLowThreshold",
    );
  }

  /** Begins to close the channel; what has been sent is still delivered. */
  close(): void {
    const slots = this.#slots;
    if (slots.readyState === "closing" || slots.readyState === "closed") return;
    slots.readyState = "closing";
    slots.host.close(slots);
  }

  /** How binary messages arrive: as `ArrayBuffer` (the default) or as `Blob`. */
  get binaryType(): BinaryType {
    return this.#slots.binaryType;
  }

  set binaryType(value: BinaryType) {
    const slots = this.#slots;
    const text = domString(value, "RTCDataChannel.binaryType");
    if (text === "blob" || text === "arraybuffer") slots.binaryType = text; // WebIDL section 3.7.6: others are ignored
  }

  /**
   * Sends a message: a string as UTF-8 text, anything else as bytes. The data is copied.
   *
   * Throws an `InvalidStateError` unless the channel is open, a TypeError if the message is larger than `maxMessageSize`, and an
   * `OperationError` if too much is buffered.
   */
  send(data: string | Blob | ArrayBuffer | ArrayBufferView): void {
    requireArguments("RTCDataChannel.send", arguments.length, 1);
    const slots = this.#slots;
    const message = toMessage(data);
    if (slots.readyState !== "open") {
      throw new DOMException(
        `RTCDataChannel.send: the channel is ${slots.readyState}, not open`,
        "InvalidStateError",
      );
    }
    const size = message instanceof Blob ? message.size : message.data.length;
    const { maxMessageSize = Infinity, maxBufferSize = Infinity } = slots.host;
    if (size > maxMessageSize) {
      throw new TypeError(
        `RTCDataChannel.send: a message of ${size} bytes exceeds the peer's limit of ${maxMessageSize}`,
      );
    }
    if (slots.bufferedAmount + size > maxBufferSize) {
      throw new DOMException(
        `RTCDataChannel.send: more than ${maxBufferSize} bytes would be buffered; wait for bufferedamountlow`,
        "OperationError",
      );
    }
    slots.bufferedAmount += size;
    sendInOrder(slots, message);
  }
}

/** Typed events. */
export interface RTCDataChannel extends EventHandlers<RTCDataChannelEventMap> {
  /** Appends a listener. */
  addEventListener: Listen<RTCDataChannelEventMap>;
  /** Removes a listener. */
  removeEventListener: Unlisten<RTCDataChannelEventMap>;
}

defineInterface(RTCDataChannel, {
  handlers: ["open", "bufferedamountlow", "error", "closing", "close", "message"],
});

export { channelSlots };

function toMessage(data: unknown): ChannelMessage | Blob {
  if (data instanceof Blob) return data;
  if (data instanceof ArrayBuffer) return { kind: "binary", data: new Uint8Array(data.slice(0)) };
  if (ArrayBuffer.isView(data)) {
    return {
      kind: "binary",
      data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice(),
    };
  }
  return { kind: "text", data: encoder.encode(usvString(data, "RTCDataChannel.send")) };
}

/** A Blob's bytes come asynchronously; whatever is sent after it waits its turn. */
function sendInOrder(slots: ChannelSlots, message: ChannelMessage | Blob): void {
  if (slots.blobs === undefined && !(message instanceof Blob)) {
    return slots.host.send(slots, message);
  }
  const before = slots.blobs ?? Promise.resolve();
  const mine = before.then(async () => {
    const ready = message instanceof Blob
      ? { kind: "binary" as const, data: await bytesOf(message) }
      : message;
    slots.host.send(slots, ready);
    if (slots.blobs === mine) slots.blobs = undefined;
  });
  slots.blobs = mine;
}

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}
