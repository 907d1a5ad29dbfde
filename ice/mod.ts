/**
 * ICE (RFC 8445): finds a path between two peers, keeps asking for consent to use it (RFC 7675), and restarts. With trickle
 * (RFC 8838), and with the STUN codec (RFC 8489) that it speaks.
 *
 * {@linkcode IceAgent} is the layer; it sends nothing and receives nothing by itself.
 *
 * @module
 */
export { IceAgent, type IceAgentOptions, type IceBaseOptions } from "./agent.ts";
export type { IceEvent } from "./event.ts";
export type { IceDiscard } from "./context.ts";
export type { IceRole } from "./role.ts";
export type { IceTransportState } from "./transport_state.ts";
export type { IceCandidateError, IceGatheringState } from "./gathering.ts";
export type { CandidatePairState, IcePair } from "./candidate_pair.ts";
export { pairPriority } from "./candidate_pair.ts";
export {
  candidatePriority,
  type IceCandidate,
  type IceCandidateType,
  type IceTcpType,
} from "./candidate.ts";
export { parseCandidate, writeCandidate } from "./candidate_line.ts";
export { generateIceParameters, type IceParameters } from "./parameters.ts";
export { ICE_TIMINGS, type IceTimings } from "./timings.ts";
export * from "./stun/mod.ts";
