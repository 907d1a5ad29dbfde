import type { Millis } from "../../core/stage/mod.ts";
import type { ArrivalReports } from "../congestion/mod.ts";
import type { RemoteClock, ReportedLosses } from "../reception/mod.ts";
import type { SessionCore } from "./core.ts";
import type { IncomingStream } from "./inbound/incoming_stream.ts";
import type { KeyFrameRequests } from "./inbound/key_frame_requests.ts";
import type { FrameRate } from "./outbound/frame_rate.ts";
import type { OutgoingStream } from "./outbound/outgoing_stream.ts";
import type { QualityLimitationReason } from "./outbound/quality_limitation.ts";

/** What is measured of a round trip. */
export interface RoundTripStatistics {
  /** The last one, in milliseconds. */
  readonly latest: Millis | undefined;
  /** The sum of all, in milliseconds. */
  readonly total: Millis;
  /** How many there were. */
  readonly count: number;
}

/** A stream that is received, as webrtc-stats' `inbound-rtp` and `remote-outbound-rtp` tell of it. Times are milliseconds of the layer's clock. */
export interface InboundStatistics {
  /** The stream. */
  readonly ssrc: number;
  /** That of its retransmissions, once one has come. */
  readonly rtxSsrc: number | undefined;
  /** That of its FlexFEC, once a packet of it has come. */
  readonly fecSsrc: number | undefined;
  /** Its RtpStreamId, if it has one. */
  readonly rid: string | undefined;
  /** Of the last frame; undefined before it. */
  readonly payloadType: number | undefined;
  /** Packets of the stream itself, and of those that repeat or repair it. */
  readonly packetsReceived: number;
  /** Their payload, in bytes. */
  readonly bytesReceived: number;
  /** Their headers and padding, in bytes. */
  readonly headerBytesReceived: number;
  /** Packets that never came, less duplicates (RFC 3550 section 6.4.1). */
  readonly packetsLost: number;
  /** Seconds (RFC 3550 section 6.4.1). */
  readonly jitter: number;
  /** When the last packet came. */
  readonly lastPacketReceivedAt: Millis;
  /** Packets that came too late. */
  readonly packetsDiscarded: number;
  /** Packets that came again by RTX; undefined where that was not negotiated, for then they look like any other. */
  readonly retransmittedPacketsReceived: number | undefined;
  /** Their payload, in bytes. */
  readonly retransmittedBytesReceived: number | undefined;
  /** Packets of forward error correction. */
  readonly fecPacketsReceived: number;
  /** Their payload, in bytes. */
  readonly fecBytesReceived: number;
  /** Those of them that were of no use: nothing that they protect was missing, or they came too late. */
  readonly fecPacketsDiscarded: number;
  /** What RFC 8888 reports have told the other side is lost; undefined where they were not negotiated. */
  readonly reportedLosses: ReportedLosses | undefined;
  /** NACKs that were sent. */
  readonly nackCount: number;
  /** Picture loss indications that were sent. */
  readonly pliCount: number;
  /** Full intra requests that were sent. */
  readonly firCount: number;
  /** Frames that came in whole. */
  readonly framesReceived: number;
  /** Those of them that need no other. */
  readonly keyFramesReceived: number;
  /** Those of them that were left out, since what they refer to is missing. */
  readonly framesDropped: number;
  /** Those of them that took several packets. */
  readonly framesAssembledFromMultiplePackets: number;
  /** How long packets are held, at the least. */
  readonly jitterBufferTarget: Millis;
  /** Round trips as the answers to our reference times tell them (RFC 3611 section 4.5): measured while nothing is sent. */
  readonly remoteRoundTrip: RoundTripStatistics;
  /** What the last sender report said. */
  readonly remoteClock: RemoteClock | undefined;
  /** How many packets it says were sent. */
  readonly remotePacketsSent: number | undefined;
  /** How many bytes of payload it says were sent. */
  readonly remoteBytesSent: number | undefined;
  /** How many sender reports came. */
  readonly remoteReportsSent: number;
}

/** A stream that is sent, as webrtc-stats' `outbound-rtp` and `remote-inbound-rtp` tell of it. */
export interface OutboundStatistics {
  /** The stream. */
  readonly ssrc: number;
  /** That of its retransmissions, if it has one. */
  readonly rtxSsrc: number | undefined;
  /** Its RtpStreamId, if it has one. */
  readonly rid: string | undefined;
  /** Whether it is sent. */
  readonly active: boolean;
  /** Of the last frame; undefined before it. */
  readonly payloadType: number | undefined;
  /** Packets that were sent, with those that repeat or repair it, or probe for bandwidth. */
  readonly packetsSent: number;
  /** Their payload, in bytes. */
  readonly bytesSent: number;
  /** Their headers and padding, in bytes. */
  readonly headerBytesSent: number;
  /** Packets that were sent again. */
  readonly retransmittedPacketsSent: number;
  /** Their payload, in bytes. */
  readonly retransmittedBytesSent: number;
  /** Frames that were sent. */
  readonly framesSent: number;
  /** Those of them that need no other. */
  readonly keyFramesSent: number;
  /** How many of them there were of late. */
  readonly rate: Pick<FrameRate, "at">;
  /** Whether frames are left out, why, and since when; undefined before the first frame. And for how long before, by reason. */
  readonly limitation: {
    readonly reason: QualityLimitationReason;
    readonly since: Millis | undefined;
    readonly durations: Readonly<Record<QualityLimitationReason, Millis>>;
  };
  /** How long packets waited before they left, in all. */
  readonly totalPacketSendDelay: Millis;
  /** NACKs that came. */
  readonly nackCount: number;
  /** Picture loss indications that came. */
  readonly pliCount: number;
  /** Full intra requests that came. */
  readonly firCount: number;
  /** When the last packet left. */
  readonly lastPacketSentAt: Millis | undefined;
  /** What its RFC 8888 reports say; undefined where they were not negotiated, or nothing was sent. */
  readonly arrivals: ArrivalReports | undefined;
  /** What the other side reports; undefined before it does. */
  readonly remote: {
    /** Packets that did not arrive there. */
    readonly packetsLost: number;
    /** 0 to 1. */
    readonly fractionLost: number;
    /** Seconds. */
    readonly jitter: number;
    /** Packets that arrived there. */
    readonly packetsReceived: number;
    /** When it last said so. */
    readonly reportedAt: Millis;
    /** The way there and back. */
    readonly roundTrip: RoundTripStatistics;
  } | undefined;
}

/** What concerns all streams of a transport. */
export interface TransportStatistics {
  /** What may be sent, in bits per second. */
  readonly availableOutgoingBitrate: number;
  /** How long what waits will take. */
  readonly queueTime: Millis;
  /** RFC 8888 reports that were sent, and that came. */
  readonly congestionReports: { readonly sent: number; readonly received: number };
}

/** Figures of a stream that is received. */
export function inboundStatistics(
  { stream, requests }: { readonly stream: IncomingStream; readonly requests: KeyFrameRequests },
  { latest, total, count }: RoundTripStatistics,
  reportedLosses: ReportedLosses | undefined,
): InboundStatistics {
  const { reception, frames, repair, ssrc, rid } = stream;
  const { statistics, buffer } = reception;
  return {
    ...{ ssrc, rid, payloadType: frames.payloadType },
    packetsReceived: stream.packetsReceived,
    bytesReceived: stream.bytesReceived,
    headerBytesReceived: stream.headerBytesReceived,
    packetsLost: statistics.lost,
    jitter: statistics.jitter.value / stream.format.clockRate,
    lastPacketReceivedAt: stream.lastPacketAt,
    packetsDiscarded: buffer.discards.of("late packet"),
    retransmittedPacketsReceived: stream.isRepeated ? stream.retransmittedPackets : undefined,
    retransmittedBytesReceived: stream.isRepeated ? stream.retransmittedBytes : undefined,
    fecPacketsReceived: repair?.packetsReceived ?? 0,
    fecBytesReceived: repair?.bytesReceived ?? 0,
    fecPacketsDiscarded: repair?.packetsDiscarded ?? 0,
    reportedLosses,
    nackCount: stream.nackCount,
    pliCount: requests.pliCount,
    firCount: requests.firCount,
    framesReceived: frames.framesReceived,
    keyFramesReceived: frames.keyFrames,
    framesDropped: frames.framesUndecodable,
    framesAssembledFromMultiplePackets: frames.framesOfSeveralPackets,
    ...{ rtxSsrc: stream.rtxSsrc, fecSsrc: stream.fecSsrc },
    jitterBufferTarget: buffer.playout.delay,
    remoteRoundTrip: { latest, total, count },
    remoteClock: statistics.remoteClock,
    remotePacketsSent: stream.senderReport?.packetCount,
    remoteBytesSent: stream.senderReport?.octetCount,
    remoteReportsSent: stream.senderReports,
  };
}

/** Figures of a stream that is sent. */
export function outboundStatistics(
  stream: OutgoingStream,
  arrivals: ArrivalReports | undefined,
): OutboundStatistics {
  const { ssrc, rid, traffic, remote, parameters, quality: { reason, since, durations } } = stream;
  const { latest, total, count } = remote.roundTrip;
  return {
    ...{ ssrc, rid, rtxSsrc: parameters.rtxSsrc, active: parameters.active },
    payloadType: stream.payloadType,
    packetsSent: traffic.packets,
    bytesSent: traffic.bytes,
    headerBytesSent: traffic.headerBytes,
    retransmittedPacketsSent: traffic.retransmittedPackets,
    retransmittedBytesSent: traffic.retransmittedBytes,
    framesSent: stream.framesSent,
    keyFramesSent: stream.keyFramesSent,
    rate: stream.rate,
    limitation: { reason, since, durations },
    totalPacketSendDelay: traffic.delay,
    nackCount: stream.nackCount,
    pliCount: stream.pliCount,
    firCount: stream.firCount,
    lastPacketSentAt: traffic.lastAt,
    arrivals,
    remote: remote.report && {
      packetsLost: remote.packetsLost,
      fractionLost: remote.fractionLost,
      jitter: remote.jitter / 1000,
      packetsReceived: remote.packetsReceived,
      reportedAt: remote.reportedAt,
      roundTrip: { latest, total, count },
    },
  };
}

/** Figures of a session. */
export function transportStatistics(
  { estimation, queueTime, congestionReports }: SessionCore,
): TransportStatistics {
  return { availableOutgoingBitrate: estimation.targetBitrate, queueTime, congestionReports };
}
