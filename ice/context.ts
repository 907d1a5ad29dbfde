import type { CryptoProvider } from "../core/crypto/provider.ts";
import type { Discards } from "../core/stage/mod.ts";
import type { Datagram } from "../core/wire/mod.ts";
import type { Role } from "./role.ts";
import type { GatheredType } from "./candidate.ts";
import type { IceTimings } from "./timings.ts";

/** Why something was dropped. */
export type IceDiscard =
  /** Data, not STUN, from where no valid pair leads. */
  | "data from an unvalidated address"
  /** Data to be sent while there is no valid pair. */
  | "data without a valid pair"
  /** Arrived at an address that is no base of this agent. */
  | "unknown local address"
  | "malformed STUN"
  | "wrong fingerprint"
  /** A check without MESSAGE-INTEGRITY or USERNAME: answered with 400. */
  | "check without credentials"
  /** A check whose USERNAME names no session of this agent: answered with 401. */
  | "check for an unknown username fragment"
  /** A check whose USERNAME does not end in the peer's fragment: answered with 401. */
  | "check from an unknown username fragment"
  /** A check whose MESSAGE-INTEGRITY is wrong: answered with 401. */
  | "check with wrong integrity"
  /** Answered with 420. */
  | "unknown comprehension-required attribute"
  /** Answered with 487. */
  | "role conflict"
  | "unsupported STUN method"
  | "indication"
  | "answer to no request"
  | "answer without integrity"
  | "answer with wrong integrity"
  /** An authenticated answer that came another way than its request went. */
  | "answer from another address"
  | "answer without a mapped address"
  /** A server's answer that came from elsewhere. */
  | "server answer from another address"
  | "TCP candidate"
  | "candidate of component 2"
  | "candidate without a usable address"
  | "candidate of another session"
  | "too many bases or servers"
  | "too many remote candidates"
  | "too many pairs"
  | "too many early checks"
  | "too many transactions"
  /** A check that arrived past every relay, though only relays are to be used: not answered. */
  | "check past the relay"
  | "ChannelData of an unknown channel"
  | "malformed ChannelData"
  | "malformed Data indication"
  /** A TURN server's answer that was not signed as its request was. */
  | "TURN answer without valid integrity"
  /** A TURN server sent data of a peer that was given no permission. */
  | "relayed data without permission"
  /** To be sent to a peer that the TURN server does not let us send to. */
  | "data for a peer without permission"
  | "too many relayed peers"
  /** To be sent over a TCP connection that could not be made, or has ended. */
  | "no TCP connection"
  /** To be sent through an allocation that has ended. */
  | "relay is gone";

/** What the parts of one agent share. */
export interface IceContext {
  readonly crypto: CryptoProvider;
  readonly timings: IceTimings;
  readonly discards: Discards<IceDiscard>;
  readonly role: Role;
  /** Whether this agent sends no checks (RFC 8445 section 2.5). */
  readonly lite: boolean;
  /** Whether this agent knows of renomination. */
  readonly renomination: boolean;
  /** Whether candidates of a type are gathered and announced. */
  readonly gathers: (type: GatheredType) => boolean;
  /** Puts a datagram on the wire, through a relay if it comes from a relayed address. */
  readonly send: (datagram: Datagram) => void;
}
