import type { Millis } from "../../core/mod.ts";
import type { OutboundStatistics } from "../../rtp/mod.ts";
import type { SentFrames } from "./flow/sent_frames.ts";
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
  /** Pixels of the last key frame; only for video. */
  frameWidth?: number;
  /** Pixels of the last key frame; only for video. */
  frameHeight?: number;
  /** Frames of the last second; only for video. */
  framesPerSecond?: number;
  /** Frames of 2.5 times the size that the target allows on average; only for video. */
  hugeFramesSent?: number;
  /** Whether frames are left out, since the network does not take them, or for the limits of the encoding; only for video. */
  qualityLimitationReason?: "none" | "cpu" | "bandwidth" | "other";
  /** Seconds for which the quality was limited, by reason; only for video. */
  qualityLimitationDurations?: Readonly<Record<"none" | "cpu" | "bandwidth" | "other", number>>;
  /** How often the size of pictures was changed: never; only for video. */
  qualityLimitationResolutionChanges?: number;
  /** Bits per second that congestion control allows for; missing before it has said. */
  targetBitrate?: number;
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
  /** As `RTCRtpEncodingParameters.scalabilityMode`; only for video. */
  scalabilityMode?: string;
  /** Packets that left marked ECT(1) (RFC 9331): none, for sockets can't be told to. */
  packetsSentWithEct1: number;
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
  /** Packets that arrived marked ECT(1); only where RFC 8888 was negotiated. */
  packetsReceivedWithEct1?: number;
  /** Packets that arrived marked CE (RFC 3168 section 5); only where RFC 8888 was negotiated. */
  packetsReceivedWithCe?: number;
  /** Packets that have lost their mark ECT(1) on the way: none, for none leaves with it. */
  packetsWithBleachedEct1Marking: number;
}

/** What belongs to a stream that is sent. */
export interface OutboundPlace extends StreamPlace {
  readonly sender: object;
  readonly encodingIndex: number;
  readonly codecId: string | undefined;
  readonly mediaSourceId: string | undefined;
  readonly sent: SentFrames | undefined;
  readonly scalabilityMode: string | undefined;
  readonly now: Millis;
  /** A time of the connection's clock, in milliseconds of Unix time. */
  wallTime(at: number): number;
}

/** Adds a stream that is sent, and what the other side says of it; returns its id. */
export function addOutbound(
  stats: StatsCollector,
  figures: OutboundStatistics,
  place: OutboundPlace,
): string {
  const { ssrc, rid, rtxSsrc, active } = figures;
  const { sender, kind, mid, transportId, codecId, mediaSourceId, encodingIndex, sent } = place;
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
    frameWidth: isVideo ? sent?.width : undefined,
    frameHeight: isVideo ? sent?.height : undefined,
    framesPerSecond: isVideo ? figures.rate.at(place.now) : undefined,
    hugeFramesSent: isVideo ? sent?.huge ?? 0 : undefined,
    qualityLimitationReason: isVideo ? figures.limitation.reason : undefined,
    qualityLimitationDurations: isVideo ? limitationDurations(figures, place.now) : undefined,
    qualityLimitationResolutionChanges: isVideo ? 0 : undefined,
    targetBitrate: sent?.targetBitrate,
    totalPacketSendDelay: figures.totalPacketSendDelay / 1000,
    nackCount: figures.nackCount,
    firCount: isVideo ? figures.firCount : undefined,
    pliCount: isVideo ? figures.pliCount : undefined,
    scalabilityMode: place.scalabilityMode,
    packetsSentWithEct1: 0,
  }, { part: ssrc });
}

/** Seconds; nothing here is limited by the processor. */
function limitationDurations(
  { limitation: { reason, since, durations } }: OutboundStatistics,
  now: Millis,
): Record<"none" | "cpu" | "bandwidth" | "other", number> {
  const seconds = (of: keyof typeof durations) =>
    (durations[of] + (of === reason && since !== undefined ? now - since : 0)) / 1000;
  return {
    none: seconds("none"),
    cpu: 0,
    bandwidth: seconds("bandwidth"),
    other: seconds("other"),
  };
}

function addRemoteInbound(
  stats: StatsCollector,
  { ssrc, remote, arrivals }: OutboundStatistics,
  { sender, kind, transportId, codecId, wallTime }: OutboundPlace,
): string | undefined {
  if (remote === undefined) return undefined;
  const { packetsLost, fractionLost, jitter, packetsReceived, roundTrip, reportedAt } = remote;
  const { latest, total, count } = roundTrip;
  return stats.add<RTCRemoteInboundRtpStreamStats>("remote-inbound-rtp", sender, {
    ...{ ssrc, kind, transportId, codecId, packetsReceived, packetsLost, jitter, fractionLost },
    localId: stats.id("outbound-rtp", sender, ssrc),
    roundTripTime: latest === undefined ? undefined : latest / 1000,
    totalRoundTripTime: total / 1000,
    roundTripTimeMeasurements: count,
    packetsReportedAsLost: arrivals?.lost,
    packetsReportedAsLostButRecovered: arrivals?.recovered,
    packetsReceivedWithEct1: arrivals?.ect1,
    packetsReceivedWithCe: arrivals?.ce,
    packetsWithBleachedEct1Marking: 0,
  }, { part: ssrc, timestamp: wallTime(reportedAt) });
}
