import type { RTCSdpType } from "../rtc_session_description.ts";
import type { RTCSignalingState } from "../connection/states.ts";

/** Which side a description is of. */
export type Side = "local" | "remote";

type OfferAnswer = Exclude<RTCSdpType, "rollback">;

const TRANSITIONS: Readonly<
  Record<RTCSignalingState, Readonly<Record<Side, Partial<Record<OfferAnswer, RTCSignalingState>>>>>
> = {
  "stable": { local: { offer: "have-local-offer" }, remote: { offer: "have-remote-offer" } },
  "have-local-offer": {
    local: { offer: "have-local-offer" },
    remote: { answer: "stable", pranswer: "have-remote-pranswer" },
  },
  "have-remote-offer": {
    local: { answer: "stable", pranswer: "have-local-pranswer" },
    remote: { offer: "have-remote-offer" },
  },
  "have-local-pranswer": {
    local: { answer: "stable", pranswer: "have-local-pranswer" },
    remote: {},
  },
  "have-remote-pranswer": {
    local: {},
    remote: { answer: "stable", pranswer: "have-remote-pranswer" },
  },
  "closed": { local: {}, remote: {} },
};

/** The state after a description of this type is applied; undefined if it can't be (RFC 9429 section 3.2, figure 2). */
export function nextSignalingState(
  state: RTCSignalingState,
  side: Side,
  type: RTCSdpType,
): RTCSignalingState | undefined {
  if (type !== "rollback") return TRANSITIONS[state][side][type];
  // RFC 9429 section 4.1.10.2: the side that the pending offer is of rolls it back.
  return state === `have-${side}-offer` ? "stable" : undefined;
}
