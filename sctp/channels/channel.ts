import type { MessageItem } from "../items.ts";
import { buildOpen, type ChannelParameters, DATA_CHANNEL_ACK, Ppid } from "./dcep.ts";
import { InvisibleBytes } from "./invisible_bytes.ts";

/** What stands for an empty message: SCTP has none (RFC 8831 section 6.6). */
const EMPTY_PLACEHOLDER = Uint8Array.of(0);

/** A data channel, on the stream of the same number in both directions. */
export class Channel {
  readonly streamId: number;
  /** Whether the peer surely knows the channel: then messages may overtake (RFC 8832 section 6). */
  confirmed: boolean;
  /** Whether there was a message of the user's. */
  used = false;
  /** Our stream's reset was asked for. */
  closing = false;
  /** Our stream's reset has been performed. */
  outgoingReset = false;
  /** The peer has reset its stream. */
  incomingReset = false;
  /** Resets of our stream that were asked for by the channel which had the id before, and are not performed yet. */
  staleResets = 0;
  readonly #ordered: boolean;
  readonly #maxRetransmits: number | undefined;
  readonly #maxPacketLifeTime: number | undefined;
  readonly #bytes = new InvisibleBytes();

  constructor(streamId: number, parameters: ChannelParameters, confirmed: boolean) {
    this.streamId = streamId;
    this.confirmed = confirmed;
    this.#ordered = parameters.ordered;
    this.#maxRetransmits = parameters.maxRetransmits;
    this.#maxPacketLifeTime = parameters.maxPacketLifeTime;
  }

  /** The OPEN that announces the channel: ordered and reliable (RFC 8832 section 6). */
  open(parameters: ChannelParameters): MessageItem {
    return this.#control(buildOpen(parameters));
  }

  /** The ACK that answers the peer's OPEN. */
  acknowledge(): MessageItem {
    return this.#control(DATA_CHANNEL_ACK);
  }

  /** A user message as SCTP carries it (RFC 8831 section 6.6). */
  message(kind: "text" | "binary", data: Uint8Array): MessageItem {
    this.used = true;
    const empty = data.length === 0;
    if (empty) this.#bytes.queueInvisible(1);
    else this.#bytes.queue(data.length);
    const full = kind === "text" ? Ppid.STRING : Ppid.BINARY;
    const none = kind === "text" ? Ppid.STRING_EMPTY : Ppid.BINARY_EMPTY;
    return {
      type: "message",
      streamId: this.streamId,
      ppid: empty ? none : full,
      data: empty ? EMPTY_PLACEHOLDER : data,
      // RFC 8832 section 6: before the ACK, everything is ordered behind the OPEN.
      unordered: !this.#ordered && this.confirmed,
      ...(this.#maxRetransmits === undefined ? {} : { maxRetransmits: this.#maxRetransmits }),
      ...(this.#maxPacketLifeTime === undefined
        ? {}
        : { maxPacketLifeTime: this.#maxPacketLifeTime }),
    };
  }

  /** How many of the bytes that the stream has sent are the user's. */
  sent(bytes: number): number {
    return this.#bytes.sent(bytes);
  }

  #control(data: Uint8Array): MessageItem {
    this.#bytes.queueInvisible(data.length);
    return { type: "message", streamId: this.streamId, ppid: Ppid.DCEP, data };
  }
}
