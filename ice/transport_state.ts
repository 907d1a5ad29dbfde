import type { IceSession } from "./session.ts";

/** As RTCIceTransportState. */
export type IceTransportState =
  | "new"
  | "checking"
  | "connected"
  | "completed"
  | "disconnected"
  | "failed"
  | "closed";

/** What the state depends on. */
export interface TransportView {
  readonly session: IceSession;
  /** The session before a restart, while its pair may still be in use. */
  readonly previous: IceSession | undefined;
  /** The state in which the latest restart began or, once the peer has agreed, in which it did; "new" if there was none. */
  readonly restartedFrom: IceTransportState;
  readonly gatheringComplete: boolean;
  readonly role: "controlling" | "controlled";
}

/** The state of a transport that has not been closed, after the texts of RTCIceTransportState (W3C webrtc-pc section 5.6.6). */
export function transportState(view: TransportView): IceTransportState {
  const { session, restartedFrom, gatheringComplete, role } = view;
  if (session.failed) return "failed";
  if (session.selected !== undefined) {
    if (session.consent.state === "suspect") return "disconnected";
    // The controlled side can't know that the other one will not nominate another pair; browsers leave it "connected".
    const completed = role === "controlling" && gatheringComplete && session.remotesEnded &&
      !session.checkList.pending;
    return completed ? "completed" : "connected";
  }
  if (session.lost) {
    return session.checkList.bestValid === undefined ? "disconnected" : "connected";
  }
  if (restartedFrom !== "new") return stateOfRestart(view);
  if (session.remote === undefined || session.remotes.list.length === 0) return "new";
  const { pairs, pending, bestValid } = session.checkList;
  if (pending || bestValid !== undefined || pairs.length === 0 || session.lite) return "checking";
  // Every check has failed, but there may be more candidates yet.
  return gatheringComplete && session.remotesEnded ? "checking" : "disconnected";
}

/** Before the new session has a pair. Until the peer has agreed, a restart is only an offer, and changes nothing. */
function stateOfRestart({ session, previous, restartedFrom }: TransportView): IceTransportState {
  const offered = session.remote === undefined;
  const wasUp = restartedFrom === "connected" || restartedFrom === "completed";
  const oldPairServes = previous?.consent.state === "fresh";
  if (oldPairServes && (offered || wasUp)) return "connected"; // "completed, ICE restart occurs"
  if (!offered) return "checking"; // "disconnected or failed, ICE restart occurs"
  return wasUp ? "disconnected" : restartedFrom;
}
