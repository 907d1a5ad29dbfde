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
  /** The session before a restart, while its pair is still in use. */
  readonly previous: IceSession | undefined;
  readonly restarted: boolean;
  readonly gatheringComplete: boolean;
  readonly role: "controlling" | "controlled";
}

/** The state of a transport that has not been closed, after the texts of RTCIceTransportState (W3C webrtc-pc section 5.6.6). */
export function transportState(view: TransportView): IceTransportState {
  const { session, previous, restarted, gatheringComplete, role } = view;
  if (session.failed) return "failed";
  if (session.selected !== undefined) {
    if (session.consent.state === "suspect") return "disconnected";
    // The controlled side can't know that the other one will not nominate another pair; browsers leave it "connected".
    const completed = role === "controlling" && gatheringComplete && session.remotesEnded &&
      !session.checkList.pending;
    return completed ? "completed" : "connected";
  }
  if (previous?.consent.state === "fresh") return "connected"; // "completed, ICE restart occurs"
  if (restarted) return "checking"; // "disconnected or failed, ICE restart occurs"
  if (session.remote === undefined || session.remotes.list.length === 0) return "new";
  const { pairs, pending, bestValid } = session.checkList;
  if (pending || bestValid !== undefined || pairs.length === 0) return "checking";
  // Every check has failed, but there may be more candidates yet.
  return gatheringComplete && session.remotesEnded ? "checking" : "disconnected";
}
