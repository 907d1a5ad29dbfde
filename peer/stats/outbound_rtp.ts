import type { OutboundStatistics } from "../../rtp/mod.ts";
import type {
  RTCReceivedRtpStreamStats,
  RTCSentRtpStreamStats,
  StreamPlace,
} from "./rtp_stream.ts";
import type { StatsCollector } from "./stats.ts";

/** Of a stream that is sent (webrtc-stats section 8.7). */
export interface RTCOutboundRtpStreamStats extends RTCSentRtpStreamStats {
  /** Always this. */
  type: "outbound-rtp";
  /** As `RTCRtpTransceiver.mid`. */
  mid?: string;
  /** What feeds it; missing where no track does. */
  mediaSourceId?: string;
  /** What the other side says of it; missing before it does. */
  remoteId?: string;
  /** As `RTCRtpEncodingParameters.rid`. */
  rid?: string;
  /** Its place among the encodings, for video. */
  encodingIndex?: number;
  /** Bytes of headers, with padding. */
  headerBytesSent: number;
  /** Packets that were sent again. */
  retransmittedPacketsSent: number;
  /** Bytes of their payload. */
  retransmittedBytesSent: number;
  /** The source of what is sent again, where that has one of its own. */
  rtxSsrc?: number;
  /** Frames that were sent; only for video. */
  framesSent?: number;
  /** Frames that came from the encoder, which is the application's; only for video. */
  framesEncoded?: number;
  /** Those of them that can be decoded alone; only for video. */
  keyFramesEncoded?: number;
  /** Seconds that packets waited to be sent, in all. */
  totalPacketSendDelay: number;
  /** How often packets were asked for again (RFC 4585 section 6.2.1). */
  nackCount: number;
  /** How often a full intra request came; only for video. */
  firCount?: number;
  /** How often the loss of a picture was told; only for video. */
  pliCount?: number;
  /** Whether it is being sent. */
  active: boolean;
}

/** What the other side says of it (webrtc-stats section 8.5). */
export interface RTCRemoteInboundRtpStreamStats extends RTCReceivedRtpStreamStats {
  /** Always this. */
  type: "remote-inbound-rtp";
  /** The stream that it is about. */
  localId: string;
  /** The latest round trip, in seconds; missing before there is one. */
  roundTripTime?: number;
  /** The sum of all, in seconds. */
  totalRoundTripTime: number;
  /** How many there were. */
  roundTripTimeMeasurements: number;
  /** What was lost between the last two reports, 0 to 1. */
  fractionLost: number;
}

/** What belongs to a stream that is sent. */
export interface OutboundPlace extends StreamPlace {
  readonly sender: object;
  readonly encodingIndex: number;
  readonly codecId: string | undefined;
  readonly mediaSourceId: string | undefined;
}

/** Adds a stream that is sent, and what the other side says of it; returns its id. */
export function addOutbound(
  stats: StatsCollector,
  figures: OutboundStatistics,
  place: OutboundPlace,
): string {
  const { ssrc, rid, rtxSsrc, active } = figures;
  const { sender, kind, mid, transportId, codecId, mediaSourceId, encodingIndex } = place;
  const isVideo = kind === "video";
  return stats.add<RTCOutboundRtpStreamStats>("outbound-rtp", sender, {
    ...{ ssrc, kind, transportId, codecId, mediaSourceId, rid, rtxSsrc, active },
    encodingIndex: isVideo ? encodingIndex : undefined,
    mid: mid ?? undefined,
    remoteId: addRemoteInbound(stats, figures, place),
    packetsSent: figures.packetsSent,
    bytesSent: figures.bytesSent,
    headerBytesSent: figures.headerBytesSent,
    retransmittedPacketsSent: figures.retransmittedPacketsSent,
    retransmittedBytesSent: figures.retransmittedBytesSent,
    framesSent: isVideo ? figures.framesSent : undefined,
    framesEncoded: isVideo ? figures.framesSent : undefined,
    keyFramesEncoded: isVideo ? figures.keyFramesSent : undefined,
    totalPacketSendDelay: figures.totalPacketSendDelay / 1000,
    nackCount: figures.nackCount,
    firCount: isVideo ? figures.firCount : undefined,
    pliCount: isVideo ? figures.pliCount : undefined,
  }, { part: ssrc });
}

function addRemoteInbound(
  stats: StatsCollector,
  { ssrc, remote }: OutboundStatistics,
  { sender, kind, transportId, codecId }: OutboundPlace,
): string | undefined {
  if (remote === undefined) return undefined;
  const { packetsLost, fractionLost, jitter, packetsReceived, roundTrip } = remote;
  const { latest, total, count } = roundTrip;
  return stats.add<RTCRemoteInboundRtpStreamStats>("remote-inbound-rtp", sender, {
    ...{ ssrc, kind, transportId, codecId, packetsReceived, packetsLost, jitter, fractionLost },
    localId: stats.id("outbound-rtp", sender, ssrc),
    roundTripTime: latest === undefined ? undefined : latest / 1000,
    totalRoundTripTime: total / 1000,
    roundTripTimeMeasurements: count,
  }, { part: ssrc });
}
