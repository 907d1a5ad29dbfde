import type { ChannelParameters } from "./dcep.ts";

/** What passes between the data channels and the side above them, in both directions. */
export type ChannelItem = OpenItem | ChannelMessageItem | CloseItem | ClosedItem | ChannelSentItem;

/** Down: open a channel; with `negotiated`, the peer does so too and no OPEN is sent. Up: the peer has opened one. */
export interface OpenItem extends ChannelParameters {
  /** Which kind of item this is. */
  readonly type: "open";
  /** The stream, 0 to 65,534. */
  readonly streamId: number;
  /** Whether both sides agreed on the channel by other means. */
  readonly negotiated: boolean;
}

/** A message, in both directions. It may be empty. */
export interface ChannelMessageItem {
  /** Which kind of item this is. */
  readonly type: "message";
  /** The stream. */
  readonly streamId: number;
  /** Text is UTF-8. */
  readonly kind: "text" | "binary";
  /** Not copied on its way down, so it must not change; on its way up it may be a view. */
  readonly data: Uint8Array;
}

/** Down: close the channel, once what is queued has been sent. Up: the peer is closing it. */
export interface CloseItem {
  /** Which kind of item this is. */
  readonly type: "close";
  /** The stream. */
  readonly streamId: number;
}

/** Up: the channel is closed both ways, and its id is free. Also when the association ends. */
export interface ClosedItem {
  /** Which kind of item this is. */
  readonly type: "closed";
  /** The stream. */
  readonly streamId: number;
}

/** Up: so many bytes of a channel's messages have left the queue. */
export interface ChannelSentItem {
  /** Which kind of item this is. */
  readonly type: "sent";
  /** The stream. */
  readonly streamId: number;
  /** Bytes of the user's messages since the last such item; the protocol's own do not count. */
  readonly bytes: number;
}

/** What the data channels tell whoever watches them. */
export type ChannelEvent =
  /** The peer has acknowledged the OPEN of a channel. */
  | { readonly type: "acknowledged"; readonly streamId: number }
  /** An OPEN of the peer's was turned down, and its stream reset. */
  | { readonly type: "refused"; readonly streamId: number; readonly reason: ChannelDiscard };

/** Why something was dropped. */
export type ChannelDiscard =
  | "malformed OPEN"
  | "unknown DCEP message"
  | "unexpected ACK"
  | "wrong parity"
  | "id in use"
  | "too many channels"
  | "unknown stream"
  | "unknown PPID"
  | "no such channel"
  | "channel is closing"
  | "after the end";
