/** A message, or news of a stream: what passes between an association and the side above it, in both directions. */
export type SctpItem =
  | MessageItem
  | ResetItem
  | ResetAllItem
  | ResetDoneItem
  | WithdrawItem
  | WithdrawnItem
  | SentItem;

/** A user message, in both directions. */
export interface MessageItem {
  /** Which kind of item this is. */
  readonly type: "message";
  /** The stream, 0 to 65,534. */
  readonly streamId: number;
  /** Payload protocol identifier. */
  readonly ppid: number;
  /** At least one byte. Going down it is not copied, so it must not change until acknowledged; coming up it may be a view. */
  readonly data: Uint8Array;
  /** Whether it may overtake others of its stream; false by default. */
  readonly unordered?: boolean;
  /** Given up after so many retransmissions (RFC 7496 section 3.2). Going down only. */
  readonly maxRetransmits?: number;
  /** Given up after so many milliseconds (RFC 3758 section 4.1). Going down only. */
  readonly maxPacketLifeTime?: number;
}

/** Down: reset my outgoing stream once what is queued has been sent. Up: the peer has reset its outgoing stream. */
export interface ResetItem {
  /** Which kind of item this is. */
  readonly type: "reset";
  /** The stream. */
  readonly streamId: number;
}

/** Up: the peer has reset all of its outgoing streams. */
export interface ResetAllItem {
  /** Which kind of item this is. */
  readonly type: "reset-all";
}

/** Up: my reset has been performed, and the stream begins anew. */
export interface ResetDoneItem {
  /** Which kind of item this is. */
  readonly type: "reset-done";
  /** The stream. */
  readonly streamId: number;
}

/** Down: take back what is queued on my outgoing stream, if the association is not set up yet; else, reset it. */
export interface WithdrawItem {
  /** Which kind of item this is. */
  readonly type: "withdraw";
  /** The stream. */
  readonly streamId: number;
}

/** Up: what was queued has been taken back; the peer hears nothing of it. */
export interface WithdrawnItem {
  /** Which kind of item this is. */
  readonly type: "withdrawn";
  /** The stream. */
  readonly streamId: number;
}

/** Up: so many bytes of a stream's messages have left the queue, for the network or because they were given up. */
export interface SentItem {
  /** Which kind of item this is. */
  readonly type: "sent";
  /** The stream. */
  readonly streamId: number;
  /** User bytes since the last such item. */
  readonly bytes: number;
}

/** What an association tells whoever watches it. */
export interface SctpEvent {
  /** Which kind of event this is. */
  readonly type: "state";
  /** Setting up, ready for messages in both directions, or over. */
  readonly state: "connecting" | "connected" | "closed";
  /** Why it is over, unless it was shut down gracefully or by this side. An abort by the peer's user has code 12. */
  readonly error?: Error;
}

/** The states of an association (RFC 9260 section 4). */
export type AssociationState =
  | "CLOSED"
  | "COOKIE-WAIT"
  | "COOKIE-ECHOED"
  | "ESTABLISHED"
  | "SHUTDOWN-PENDING"
  | "SHUTDOWN-SENT"
  | "SHUTDOWN-RECEIVED"
  | "SHUTDOWN-ACK-SENT";

/** Why something from the peer, or an impossible item from above, was dropped. */
export type SctpDiscard =
  | "short packet"
  | "bad checksum"
  | "no chunk"
  | "bad chunk length"
  | "wrong port"
  | "wrong verification tag"
  | "out of the blue"
  | "malformed chunk"
  | "unexpected chunk"
  | "unknown chunk"
  | "bad cookie"
  | "stale cookie"
  | "duplicate TSN"
  | "TSN outside the window"
  | "receive buffer full"
  | "stream out of range"
  | "old SSN"
  | "stale SACK"
  | "SACK of unsent TSN"
  | "FORWARD-TSN outside the window"
  | "bad RE-CONFIG sequence"
  | "too many control chunks"
  | "after the end"
  | "empty message";
