import type { Millis } from "../core/stage/mod.ts";
import { sameAddress, type TransportAddress } from "../core/wire/mod.ts";
import type { IceCandidate, LocalCandidate, RemoteCandidate } from "./candidate.ts";
import type { IceRole } from "./role.ts";
import type { ClientTransaction } from "./stun/mod.ts";

/** The states of a pair (RFC 8445 section 6.1.2.6). */
export type CandidatePairState = "frozen" | "waiting" | "in-progress" | "succeeded" | "failed";

/** What can be known of a pair from outside. The counters live on while the pair does. */
export interface IcePair {
  /** This side's candidate: of a valid pair the one that the peer sees. */
  readonly local: IceCandidate;
  /** The peer's candidate. */
  readonly remote: IceCandidate;
  /** Where its checks stand. */
  readonly state: CandidatePairState;
  /** Whether the controlling agent has chosen it. */
  readonly nominated: boolean;
  /** RFC 8445 section 6.1.2.3. */
  readonly priority: bigint;
  /** The latest measured round trip in milliseconds. */
  readonly roundTripTime: Millis | undefined;
  /** The sum of all measured round trips in milliseconds. */
  readonly totalRoundTripTime: Millis;
  /** Checks sent, retransmissions not counted. */
  readonly requestsSent: number;
  /** Checks received. */
  readonly requestsReceived: number;
  /** Answers sent. */
  readonly responsesSent: number;
  /** Authenticated answers received. */
  readonly responsesReceived: number;
  /** Those of `requestsSent` that kept consent fresh (RFC 7675). */
  readonly consentRequestsSent: number;
  /** When data last left, not counting STUN. */
  readonly lastPacketSentAt: Millis | undefined;
  /** When data last came, not counting STUN. */
  readonly lastPacketReceivedAt: Millis | undefined;
  /** Data, not counting STUN. */
  readonly packetsSent: number;
  /** Data, not counting STUN. */
  readonly packetsReceived: number;
  /** Data, not counting STUN. */
  readonly bytesSent: number;
  /** Data, not counting STUN. */
  readonly bytesReceived: number;
  /** Those of `packetsSent` that no socket has taken. */
  readonly packetsDiscarded: number;
  /** Those of `bytesSent` that no socket has taken. */
  readonly bytesDiscarded: number;
}

/** The formula of RFC 8445 section 6.1.2.3, from the priorities of the two sides' candidates. */
export function pairPriority(controlling: number, controlled: number): bigint {
  const g = BigInt(controlling);
  const d = BigInt(controlled);
  return g > d ? (d << 32n) + 2n * g + 1n : (g << 32n) + 2n * d;
}

/** What a check of a pair is about. */
export interface Check {
  readonly pair: CandidatePair;
  /** The role that the request claimed. */
  readonly role: IceRole;
  /** Whether the request nominated the pair. */
  readonly useCandidate: boolean;
  /** The number of that nomination, if they are numbered. */
  readonly nomination: number | undefined;
  /** The PRIORITY of the request, for the peer-reflexive candidate that its answer may show. */
  readonly priority: number;
}

/** A base of ours and an address of the peer's: a path to be checked (RFC 8445 section 6.1.2). */
export class CandidatePair implements IcePair {
  state: CandidatePairState = "frozen";
  priority = 0n;
  nominated = false;
  /** Set once the pair is valid: the local candidate that the peer sees (RFC 8445 section 7.2.5.3.2). */
  validLocal: LocalCandidate | undefined;
  /** As the controlling agent: its check shall carry USE-CANDIDATE. */
  nominating = false;
  /** As the controlling agent: which nomination it was, if they are numbered. */
  nomination: number | undefined;
  /** As the controlled agent: the peer has nominated it before it was valid (RFC 8445 section 7.3.1.5). */
  nominateOnSuccess = false;
  /** The latest check, while it has no answer. */
  check: ClientTransaction<Check> | undefined;
  /** When its latest check was sent for the first time. */
  lastCheckAt: Millis = -Infinity;
  /** When the latest authenticated answer came. */
  answeredAt: Millis = -Infinity;

  roundTripTime: Millis | undefined;
  totalRoundTripTime: Millis = 0;
  requestsSent = 0;
  requestsReceived = 0;
  responsesSent = 0;
  responsesReceived = 0;
  consentRequestsSent = 0;
  lastPacketSentAt: Millis | undefined;
  lastPacketReceivedAt: Millis | undefined;
  packetsSent = 0;
  packetsReceived = 0;
  bytesSent = 0;
  bytesReceived = 0;
  packetsDiscarded = 0;
  bytesDiscarded = 0;

  constructor(readonly localCandidate: LocalCandidate, readonly remoteCandidate: RemoteCandidate) {}

  /** A datagram has not left. */
  discard(bytes: number): void {
    this.packetsDiscarded++;
    this.bytesDiscarded += bytes;
  }

  /** What it is sent from. */
  get base(): TransportAddress {
    return this.localCandidate.base;
  }

  /** What it is sent to. */
  get destination(): TransportAddress {
    return this.remoteCandidate.address;
  }

  get local(): IceCandidate {
    return (this.validLocal ?? this.localCandidate).candidate;
  }

  get remote(): IceCandidate {
    return this.remoteCandidate.candidate;
  }

  /** Whether a check has shown that it carries packets both ways. */
  get valid(): boolean {
    return this.validLocal !== undefined;
  }

  /** RFC 8445 section 6.1.2.6: the combination of the two candidates' foundations. */
  get foundation(): string {
    return `${this.localCandidate.candidate.foundation}:${this.remote.foundation}`;
  }

  /** Whether packets between these two addresses are its. */
  matches(local: TransportAddress, remote: TransportAddress): boolean {
    return sameAddress(this.base, local) && sameAddress(this.destination, remote);
  }

  /** Notes how long an answer took, if it can be told which copy of the request it answers. */
  measure(transaction: ClientTransaction<unknown>, now: Millis): void {
    this.responsesReceived++;
    this.answeredAt = now;
    if (transaction.sends !== 1) return;
    this.roundTripTime = now - transaction.sentAt;
    this.totalRoundTripTime += this.roundTripTime;
  }

  /** RFC 8445 section 6.1.2.3. */
  prioritize(role: IceRole): void {
    const ours = this.localCandidate.candidate.priority;
    const theirs = this.remote.priority;
    this.priority = role === "controlling"
      ? pairPriority(ours, theirs)
      : pairPriority(theirs, ours);
  }
}
