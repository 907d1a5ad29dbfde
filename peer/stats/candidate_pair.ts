import type { Millis } from "../../core/mod.ts";
import type { IcePair } from "../../ice/mod.ts";
import type { RTCStats, StatsCollector } from "./stats.ts";

/** Where the checks of a pair stand (RFC 8445 section 6.1.2.6). */
export type RTCStatsIceCandidatePairState =
  | "frozen"
  | "waiting"
  | "in-progress"
  | "failed"
  | "succeeded";

/** Of two candidates between which packets may go (webrtc-stats section 8.19). */
export interface RTCIceCandidatePairStats extends RTCStats {
  /** Always this. */
  type: "candidate-pair";
  /** The transport that it belongs to. */
  transportId: string;
  /** Its candidate at this end. */
  localCandidateId: string;
  /** Its candidate at the other end. */
  remoteCandidateId: string;
  /** Where its checks stand. */
  state: RTCStatsIceCandidatePairState;
  /** Whether the controlling agent has chosen it. */
  nominated: boolean;
  /** Packets sent, not counting STUN. */
  packetsSent: number;
  /** Packets received, not counting STUN. */
  packetsReceived: number;
  /** Bytes of their payload. */
  bytesSent: number;
  /** Bytes of their payload. */
  bytesReceived: number;
  /** When data last left: milliseconds of Unix time; missing before it has. */
  lastPacketSentTimestamp?: number;
  /** When data last came: milliseconds of Unix time; missing before it has. */
  lastPacketReceivedTimestamp?: number;
  /** Bits per second that congestion control of media allows for; only of the pair that carries media. */
  availableOutgoingBitrate?: number;
  /** The sum of all measured round trips, in seconds. */
  totalRoundTripTime: number;
  /** The latest measured round trip, in seconds; missing before there is one. */
  currentRoundTripTime?: number;
  /** Checks received. */
  requestsReceived: number;
  /** Checks sent, retransmissions not counted. */
  requestsSent: number;
  /** Authenticated answers received. */
  responsesReceived: number;
  /** Answers sent. */
  responsesSent: number;
  /** Those of `requestsSent` that kept consent fresh (RFC 7675). */
  consentRequestsSent: number;
  /** Those of `packetsSent` that no socket has taken. */
  packetsDiscardedOnSend: number;
  /** Those of `bytesSent` that no socket has taken. */
  bytesDiscardedOnSend: number;
}

/** What a pair has around it. */
export interface PairPlace {
  readonly transportId: string;
  readonly availableOutgoingBitrate: number | undefined;
  /** A time of the connection's clock, in milliseconds of Unix time. */
  wallTime(at: Millis): number;
}

/** Adds what is known of a pair. */
export function addCandidatePair(
  stats: StatsCollector,
  pair: IcePair,
  { transportId, availableOutgoingBitrate, wallTime }: PairPlace,
): void {
  const { roundTripTime, totalRoundTripTime, lastPacketSentAt, lastPacketReceivedAt } = pair;
  const timestamp = (at: Millis | undefined) => at === undefined ? undefined : wallTime(at);
  stats.add<RTCIceCandidatePairStats>("candidate-pair", pair, {
    transportId,
    localCandidateId: stats.id("local-candidate", pair.local),
    remoteCandidateId: stats.id("remote-candidate", pair.remote),
    state: pair.state,
    nominated: pair.nominated,
    packetsSent: pair.packetsSent,
    packetsReceived: pair.packetsReceived,
    bytesSent: pair.bytesSent,
    bytesReceived: pair.bytesReceived,
    lastPacketSentTimestamp: timestamp(lastPacketSentAt),
    lastPacketReceivedTimestamp: timestamp(lastPacketReceivedAt),
    availableOutgoingBitrate,
    totalRoundTripTime: totalRoundTripTime / 1000,
    currentRoundTripTime: roundTripTime === undefined ? undefined : roundTripTime / 1000,
    requestsReceived: pair.requestsReceived,
    requestsSent: pair.requestsSent,
    responsesReceived: pair.responsesReceived,
    responsesSent: pair.responsesSent,
    consentRequestsSent: pair.consentRequestsSent,
    packetsDiscardedOnSend: pair.packetsDiscarded,
    bytesDiscardedOnSend: pair.bytesDiscarded,
  });
}
