import { type IceCandidate, type IcePair, writeCandidate } from "../../ice/mod.ts";
import { RTCIceCandidate } from "../rtc_ice_candidate.ts";
import { RTCIceCandidatePair } from "../rtc_ice_candidate_pair.ts";
import type { IceTransportSlots } from "../rtc_ice_transport.ts";
import { construct } from "../../webidl/construct.ts";
import type { RemoteCandidates } from "./remote_candidates.ts";

/** The agent's pair as the application sees it: with the candidates that it knows already, where it does. */
export function selectedPair(
  pair: IcePair | undefined,
  slots: IceTransportSlots,
  remoteCandidates: RemoteCandidates,
): RTCIceCandidatePair | null {
  if (pair === undefined) return null;
  const text = writeCandidate(pair.local);
  const local = slots.localCandidates.find(({ candidate }) => candidate === text) ??
    show(pair.local);
  const remote = remoteCandidates.shown(pair.remote) ?? show(pair.remote);
  return construct(RTCIceCandidatePair, { local, remote });
}

function show(candidate: IceCandidate): RTCIceCandidate {
  return new RTCIceCandidate({
    candidate: writeCandidate(candidate),
    sdpMLineIndex: 0,
    usernameFragment: candidate.usernameFragment ?? null,
  });
}
