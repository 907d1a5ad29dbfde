import type { IceCandidate } from "../../ice/mod.ts";
import type {
  RTCIceCandidateType,
  RTCIceProtocol,
  RTCIceServerTransportProtocol,
  RTCIceTcpCandidateType,
} from "../rtc_ice_candidate.ts";
import type { RTCStats, StatsCollector } from "./stats.ts";

/** Of an ICE candidate of either end (webrtc-stats section 8.18). */
export interface RTCIceCandidateStats extends RTCStats {
  /** Which end's it is. */
  type: "local-candidate" | "remote-candidate";
  /** The transport that it belongs to. */
  transportId: string;
  /** An IP literal or a name, as the application knows it; null where it does not. */
  address: string | null;
  /** The port. */
  port: number;
  /** What carries it. */
  protocol: RTCIceProtocol;
  /** How it was found. */
  candidateType: RTCIceCandidateType;
  /** RFC 8445 section 5.1.2. */
  priority: number;
  /** For a local candidate, the server that it was obtained from. */
  url?: string;
  /** For a local relay candidate, what carries the conversation with the TURN server. */
  relayProtocol?: RTCIceServerTransportProtocol;
  /** RFC 8445 section 5.1.1.3. */
  foundation: string;
  /** The address that it was derived from. */
  relatedAddress?: string;
  /** The port that it was derived from. */
  relatedPort?: number;
  /** The ufrag of its ICE generation; of a peer-reflexive remote candidate only once it has been signalled. */
  usernameFragment?: string;
  /** For a TCP candidate, which side opens the connection. */
  tcpType?: RTCIceTcpCandidateType;
}

/** What the application knows of a candidate. */
export interface KnownCandidate {
  readonly transportId: string;
  /** The address as the application knows it: perhaps a `.local` name; null where the peer's packets alone have told it. */
  readonly address: string | null;
  /** The ufrag, where the candidate itself has none. */
  readonly usernameFragment?: string | undefined;
}

/** Adds a candidate of this end. */
export function addLocalCandidate(
  stats: StatsCollector,
  candidate: IceCandidate,
  known: KnownCandidate,
): void {
  const { url, relayProtocol } = candidate;
  stats.add<RTCIceCandidateStats>("local-candidate", candidate, {
    ...membersOf(candidate, known),
    url,
    relayProtocol,
  });
}

/** Adds a candidate of the other end. */
export function addRemoteCandidate(
  stats: StatsCollector,
  candidate: IceCandidate,
  known: KnownCandidate,
): void {
  stats.add<RTCIceCandidateStats>("remote-candidate", candidate, {
    ...membersOf(candidate, known),
    url: undefined,
    relayProtocol: undefined,
  });
}

function membersOf(candidate: IceCandidate, { transportId, address, ...known }: KnownCandidate) {
  const { port, protocol, type, priority, foundation, tcpType } = candidate;
  const related = address !== null; // what is derived from an address tells as much as the address
  return {
    transportId,
    address,
    port,
    protocol,
    candidateType: type,
    priority,
    foundation,
    relatedAddress: related ? candidate.relatedAddress : undefined,
    relatedPort: related ? candidate.relatedPort : undefined,
    usernameFragment: candidate.usernameFragment ?? known.usernameFragment,
    tcpType,
  };
}
