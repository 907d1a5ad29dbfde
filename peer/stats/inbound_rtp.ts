import { type InboundStatistics, unixMillisFromNtp } from "../../rtp/mod.ts";
import type {
  RTCReceivedRtpStreamStats,
  RTCSentRtpStreamStats,
  StreamPlace,
} from "./rtp_stream.ts";
import type { StatsCollector } from "./stats.ts";

/** Of a stream that is received (webrtc-stats section 8.4). */
export interface RTCInboundRtpStreamStats extends RTCReceivedRtpStreamStats {
  /** Always this. */
  type: "inbound-rtp";
  /** As `MediaStreamTrack.id`. */
  trackIdentifier: string;
  /** As `RTCRtpTransceiver.mid`. */
  mid?: string;
  /** What the other side says of it; missing before it does. */
  remoteId?: string;
  /** When the last packet came: milliseconds of Unix time. */
  lastPacketReceivedTimestamp?: number;
  /** Bytes of headers, with padding. */
  headerBytesReceived: number;
  /** Bytes of payload, with that of what was sent again. */
  bytesReceived: number;
  /** Packets that came too late or too early for the jitter buffer; only for audio. */
  packetsDiscarded?: number;
  /** Packets that were sent again. */
  retransmittedPacketsReceived: number;
  /** Bytes of their payload. */
  retransmittedBytesReceived: number;
  /** Packets of forward error correction. */
  fecPacketsReceived: number;
  /** Bytes of their payload. */
  fecBytesReceived: number;
  /** How often packets were asked for again (RFC 4585 section 6.2.1). */
  nackCount: number;
  /** How often a full intra request was sent; only for video. */
  firCount?: number;
  /** How often the loss of a picture was told; only for video. */
  pliCount?: number;
  /** Frames that are complete; only for video. */
  framesReceived?: number;
  /** Frames that were handed to the track, whose decoder is the application's; only for video. */
  framesDecoded?: number;
  /** Those of them that can be decoded alone; only for video. */
  keyFramesDecoded?: number;
  /** Frames that lack what they need to be decoded; only for video. */
  framesDropped?: number;
  /** Frames that took more than one packet; only for video. */
  framesAssembledFromMultiplePackets?: number;
  /** Seconds that frames waited in the jitter buffer, in all. */
  jitterBufferDelay: number;
  /** How many came out of it. */
  jitterBufferEmittedCount: number;
}

/** What the other side says of it (webrtc-stats section 8.8). */
export interface RTCRemoteOutboundRtpStreamStats extends RTCSentRtpStreamStats {
  /** Always this. */
  type: "remote-outbound-rtp";
  /** The stream that it is about. */
  localId: string;
  /** When the other side said so, by its clock: milliseconds of Unix time. */
  remoteTimestamp?: number;
  /** How many sender reports have come. */
  reportsSent: number;
}

/** What belongs to a stream that is received. */
export interface InboundPlace extends StreamPlace {
  readonly receiver: object;
  readonly trackIdentifier: string;
  readonly codecId: string | undefined;
  /** A time of the connection's clock, in milliseconds of Unix time. */
  wallTime(at: number): number;
}

/** Adds a stream that is received, and what the other side says of it; returns its id. */
export function addInbound(
  stats: StatsCollector,
  figures: InboundStatistics,
  place: InboundPlace,
): string {
  const { ssrc, framesReceived, framesDropped } = figures;
  const { receiver, kind, mid, transportId, codecId, trackIdentifier } = place;
  const isVideo = kind === "video";
  return stats.add<RTCInboundRtpStreamStats>("inbound-rtp", receiver, {
    ...{ ssrc, kind, transportId, codecId, trackIdentifier },
    mid: mid ?? undefined,
    remoteId: addRemoteOutbound(stats, figures, place),
    lastPacketReceivedTimestamp: place.wallTime(figures.lastPacketReceivedAt),
    packetsReceived: figures.packetsReceived,
    packetsLost: figures.packetsLost,
    jitter: figures.jitter,
    headerBytesReceived: figures.headerBytesReceived,
    bytesReceived: figures.bytesReceived,
    packetsDiscarded: isVideo ? undefined : figures.packetsDiscarded,
    retransmittedPacketsReceived: figures.retransmittedPacketsReceived,
    retransmittedBytesReceived: figures.retransmittedBytesReceived,
    fecPacketsReceived: figures.fecPacketsReceived,
    fecBytesReceived: figures.fecBytesReceived,
    nackCount: figures.nackCount,
    firCount: isVideo ? figures.firCount : undefined,
    pliCount: isVideo ? figures.pliCount : undefined,
    framesReceived: isVideo ? framesReceived : undefined,
    framesDecoded: isVideo ? framesReceived - framesDropped : undefined,
    keyFramesDecoded: isVideo ? figures.keyFramesReceived : undefined,
    framesDropped: isVideo ? framesDropped : undefined,
    framesAssembledFromMultiplePackets: isVideo
      ? figures.framesAssembledFromMultiplePackets
      : undefined,
    jitterBufferDelay: figures.jitterBufferDelay / 1000,
    jitterBufferEmittedCount: figures.jitterBufferEmittedCount,
  }, { part: ssrc });
}

function addRemoteOutbound(
  stats: StatsCollector,
  figures: InboundStatistics,
  { receiver, kind, transportId, codecId, wallTime }: InboundPlace,
): string | undefined {
  const { ssrc, remoteClock } = figures;
  if (remoteClock === undefined) return undefined;
  return stats.add<RTCRemoteOutboundRtpStreamStats>("remote-outbound-rtp", receiver, {
    ...{ ssrc, kind, transportId, codecId },
    localId: stats.id("inbound-rtp", receiver, ssrc),
    packetsSent: figures.remotePacketsSent ?? 0,
    bytesSent: figures.remoteBytesSent ?? 0,
    remoteTimestamp: unixMillisFromNtp(remoteClock.ntpTimestamp),
    reportsSent: figures.remoteReportsSent,
  }, { part: ssrc, timestamp: wallTime(remoteClock.arrival) });
}
