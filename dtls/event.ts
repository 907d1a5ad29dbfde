import type { ProtocolError } from "../core/stage/mod.ts";
import type { DtlsRole } from "./protocol.ts";

/** The states of an endpoint, as `RTCDtlsTransportState` has them. */
export type DtlsState = "new" | "connecting" | "connected" | "closed" | "failed";

/** The state has changed. */
export interface DtlsStateEvent {
  /** Tells this event from the others. */
  readonly type: "state";
  /** The new state. */
  readonly state: DtlsState;
  /** Why, if the state is "failed". */
  readonly error?: ProtocolError;
}

/** The handshake is over, and keying material can be exported. It comes before "connected" and before the first plaintext. */
export interface DtlsKeysEvent {
  /** Tells this event from the others. */
  readonly type: "keys";
  /** The SRTP protection profile that was negotiated, if any. */
  readonly srtpProfile: number | undefined;
  /** Which end this is: it tells which half of the SRTP keys is ours (RFC 5764 section 4.2). */
  readonly role: DtlsRole;
}

/** What a `DtlsEndpoint` tells. */
export type DtlsEvent = DtlsStateEvent | DtlsKeysEvent;
