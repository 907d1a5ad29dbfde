import type { TransportAddress } from "../core/wire/mod.ts";
import type { IceCandidate } from "./candidate.ts";
import type { IcePair } from "./candidate_pair.ts";
import type { IceCandidateError, IceGatheringState } from "./gathering.ts";
import type { IceRole } from "./role.ts";
import type { IceTransportState } from "./transport_state.ts";
import type { WantedConnection } from "./connection_requests.ts";

/** What an agent tells whoever watches it. */
export type IceEvent =
  /** A candidate of this side, to be signalled to the peer. */
  | { readonly type: "candidate"; readonly candidate: IceCandidate }
  /** A candidate of this side is none any more: its base or its relay has gone. */
  | { readonly type: "candidate-removed"; readonly candidate: IceCandidate }
  /** Gathering for a generation has begun or ended, or a rollback has brought back the generation before. */
  | {
    readonly type: "gathering-state";
    readonly state: IceGatheringState;
    readonly usernameFragment: string;
  }
  /** The transport is in another state. */
  | { readonly type: "state"; readonly state: IceTransportState }
  /** Data goes over this pair from now on. */
  | { readonly type: "selected-pair"; readonly pair: IcePair }
  /** A role conflict has changed the role. */
  | { readonly type: "role"; readonly role: IceRole }
  /** Whoever does the agent's I/O is to open a connection; to be answered with `connected` or `connectionFailed`. */
  | { readonly type: "connection-wanted"; readonly connection: WantedConnection }
  /** A connection that was opened for the agent, by its address at this end, is to be closed. */
  | { readonly type: "connection-unwanted"; readonly local: TransportAddress }
  /** A server could not be used. */
  | { readonly type: "candidate-error" } & IceCandidateError;
