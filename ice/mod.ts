/**
 * ICE (RFC 8445): finds a path between two peers, keeps asking for consent to use it (RFC 7675), and restarts. With trickle
 * (RFC 8838), relays (TURN, RFC 8656), and the STUN codec (RFC 8489) that all of it speaks.
 *
 * {@linkcode IceAgent} is the layer; it sends nothing and receives nothing by itself.
 *
 * @module
 */
export { IceAgent } from "./agent.ts";
export type { IceAgentOptions, IceBaseOptions } from "./agent_options.ts";
export type { IceEvent } from "./event.ts";
export type { IceDiscard } from "./context.ts";
export type { IceRole } from "./role.ts";
export type { IceTraffic } from "./traffic.ts";
export type { IceTransportState } from "./transport_state.ts";
export type { IceCandidateError, IceGatheringState } from "./gathering.ts";
export type { CandidatePairState, IcePair } from "./candidate_pair.ts";
export { pairPriority } from "./candidate_pair.ts";
export {
  candidatePriority,
  type GatheredType,
  type IceCandidate,
  type IceCandidateType,
  type IceRelayProtocol,
  type IceTcpType,
} from "./candidate.ts";
export { parseCandidate, writeCandidate } from "./candidate_line.ts";
export { generateIceParameters, type IceParameters } from "./parameters.ts";
export { ICE_TIMINGS, type IceTimings } from "./timings.ts";
export type { WantedConnection } from "./connection_requests.ts";
export type { TurnServer } from "./turn/turn_context.ts";
export * from "./stun/mod.ts";
