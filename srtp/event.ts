/** The states of an endpoint: without keys, with keys, and over. */
export type SrtpState = "new" | "connected" | "closed";

/** The state has changed. */
export interface SrtpStateEvent {
  /** Tells this event from others that may come. */
  readonly type: "state";
  /** The new state. */
  readonly state: SrtpState;
}

/** What an `SrtpEndpoint` tells. */
export type SrtpEvent = SrtpStateEvent;
