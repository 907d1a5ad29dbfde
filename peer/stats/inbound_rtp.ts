import type { Millis } from "../../core/mod.ts";
import { type InboundStatistics, unixMillisFromNtp } from "../../rtp/mod.ts";
import { ReceivedFrames } from "./flow/received_frames.ts";
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
  /** Bytes of payload, with that of what was sent again, or repairs. */
  bytesReceived: number;
  /** Packets that came too late or too early for the jitter buffer; only for audio. */
  packetsDiscarded?: number;
  /** Packets that were sent again; missing where there is no RTX, for then they look like any other. */
  retransmittedPacketsReceived?: number;
  /** Bytes of their payload. */
  retransmittedBytesReceived?: number;
  /** Packets of forward error correction. */
  fecPacketsReceived: number;
  /** Bytes of their payload. */
  fecBytesReceived: number;
  /** Those of them that were of no use, since what they protect had come, or had to be done without by then. */
  fecPacketsDiscarded: number;
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
  /** Seconds from the first to the last packet of those frames, in all; only for video. */
  totalAssemblyTime?: number;
  /** Pixels of the last key frame; only for video. */
  frameWidth?: number;
  /** Pixels of the last key frame; only for video. */
  frameHeight?: number;
  /** Frames of the last second; only for video. */
  framesPerSecond?: number;
  /** Seconds between frames as they were delivered, in all; only for video. */
  totalInterFrameDelay?: number;
  /** The sum of their squares; only for video. */
  totalSquaredInterFrameDelay?: number;
  /** How often a frame came much later than usual; only for video. */
  freezeCount?: number;
  /** How long these took, in seconds; only for video. */
  totalFreezesDuration?: number;
  /** How often no frame came for five seconds; only for video. */
  pauseCount?: number;
  /** How long these took, in seconds; only for video. */
  totalPausesDuration?: number;
  /** Samples that were delivered to the track; only for audio. */
  totalSamplesReceived?: number;
  /** Samples that were made up, which Heron never does; only for audio. */
  concealedSamples?: number;
  /** Those of them that are silent. */
  silentConcealedSamples?: number;
  /** How often samples were made up. */
  concealmentEvents?: number;
  /** Samples that were put in to play slower, which Heron never does; only for audio. */
  insertedSamplesForDeceleration?: number;
  /** Samples that were left out to play faster, which Heron never does; only for audio. */
  removedSamplesForAcceleration?: number;
  /** The latest level that packets told, from 0 (silence) to 1 (0 dBov); only for audio. */
  audioLevel?: number;
  /** The sum of squared levels, each times its seconds; only for audio. */
  totalAudioEnergy?: number;
  /** Seconds of audio that were delivered to the track; only for audio. */
  totalSamplesDuration?: number;
  /** The playout of the receiver's track; only for audio. */
  playoutId?: string;
  /** The source of retransmissions, once one has come. */
  rtxSsrc?: number;
  /** The source of FlexFEC, once a packet has come. */
  fecSsrc?: number;
  /** The sender's NTP clock for what is delivered now, in milliseconds since 1900; missing before a report tells. */
  estimatedPlayoutTimestamp?: number;
  /** Seconds that frames of video or samples of audio waited in the jitter buffer, in all. */
  jitterBufferDelay: number;
  /** Seconds that they were to wait, in all. */
  jitterBufferTargetDelay: number;
  /** Seconds that the network alone would have them wait: the buffer adds none for its own sake. */
  jitterBufferMinimumDelay: number;
  /** How many came out of it. */
  jitterBufferEmittedCount: number;
  /** Seconds from their first packet to delivery, in all: as `jitterBufferDelay`, for nothing is decoded. */
  totalProcessingDelay: number;
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
  /** The latest round trip, in seconds; missing where none was measured: this side measures while it sends nothing. */
  roundTripTime?: number;
  /** The sum of all, in seconds. */
  totalRoundTripTime: number;
  /** How many there were. */
  roundTripTimeMeasurements: number;
}

/** What belongs to a stream that is received. */
export interface InboundPlace extends StreamPlace {
  readonly receiver: object;
  readonly trackIdentifier: string;
  readonly codecId: string | undefined;
  readonly received: ReceivedFrames | undefined;
  readonly playoutId: string | undefined;
  readonly now: Millis;
  /** A time of the connection's clock, in milliseconds of Unix time. */
  wallTime(at: number): number;
}

/** Milliseconds from the epoch of NTP to that of Unix (RFC 5905 section 6). */
const NTP_EPOCH = 2_208_988_800_000;

const NOTHING_RECEIVED = new ReceivedFrames();

/** Adds a stream that is received, and what the other side says of it; returns its id. */
export function addInbound(
  stats: StatsCollector,
  figures: InboundStatistics,
  place: InboundPlace,
): string {
  const { ssrc, framesReceived, framesDropped } = figures;
  const { receiver, kind, mid, transportId, codecId, trackIdentifier } = place;
  const { received = NOTHING_RECEIVED } = place;
  const { intervals, sound, latest } = received;
  const isVideo = kind === "video";
  return stats.add<RTCInboundRtpStreamStats>("inbound-rtp", receiver, {
    ...{ ssrc, kind, transportId, codecId, trackIdentifier },
    mid: mid ?? undefined,
    remoteId: addRemoteOutbound(stats, figures, place),
    lastPacketReceivedTimestamp: place.wallTime(figures.lastPacketReceivedAt),
    packetsReceived: figures.packetsReceived,
    packetsReportedAsLost: figures.reportedLosses?.lost,
    packetsReportedAsLostButRecovered: figures.reportedLosses?.recovered,
    packetsLost: figures.packetsLost,
    jitter: figures.jitter,
    headerBytesReceived: figures.headerBytesReceived,
    bytesReceived: figures.bytesReceived,
    packetsDiscarded: isVideo ? undefined : figures.packetsDiscarded,
    retransmittedPacketsReceived: figures.retransmittedPacketsReceived,
    retransmittedBytesReceived: figures.retransmittedBytesReceived,
    fecPacketsReceived: figures.fecPacketsReceived,
    fecBytesReceived: figures.fecBytesReceived,
    fecPacketsDiscarded: figures.fecPacketsDiscarded,
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
    ...{ rtxSsrc: figures.rtxSsrc, fecSsrc: figures.fecSsrc, playoutId: place.playoutId },
    jitterBufferDelay: received.delay / 1000,
    jitterBufferTargetDelay: received.targetDelay / 1000,
    jitterBufferMinimumDelay: 0,
    jitterBufferEmittedCount: received.emitted,
    totalProcessingDelay: received.delay / 1000,
    estimatedPlayoutTimestamp: latest && latest.senderTime + place.now - latest.at + NTP_EPOCH,
    totalAssemblyTime: isVideo ? received.assembly / 1000 : undefined,
    frameWidth: received.width,
    frameHeight: received.height,
    framesPerSecond: isVideo ? received.rate.at(place.now) : undefined,
    totalInterFrameDelay: isVideo ? intervals.total / 1000 : undefined,
    totalSquaredInterFrameDelay: isVideo ? intervals.totalSquared / 1_000_000 : undefined,
    freezeCount: isVideo ? intervals.freezes : undefined,
    totalFreezesDuration: isVideo ? intervals.frozen / 1000 : undefined,
    pauseCount: isVideo ? intervals.pauses : undefined,
    totalPausesDuration: isVideo ? intervals.paused / 1000 : undefined,
    totalSamplesReceived: isVideo ? undefined : sound.samples,
    totalSamplesDuration: isVideo ? undefined : sound.duration,
    totalAudioEnergy: isVideo ? undefined : sound.energy,
    audioLevel: isVideo ? undefined : sound.level,
    concealedSamples: isVideo ? undefined : 0,
    silentConcealedSamples: isVideo ? undefined : 0,
    concealmentEvents: isVideo ? undefined : 0,
    insertedSamplesForDeceleration: isVideo ? undefined : 0,
    removedSamplesForAcceleration: isVideo ? undefined : 0,
  }, { part: ssrc });
}

function addRemoteOutbound(
  stats: StatsCollector,
  figures: InboundStatistics,
  { receiver, kind, transportId, codecId, wallTime }: InboundPlace,
): string | undefined {
  const { ssrc, remoteClock, remoteRoundTrip: { latest, total, count } } = figures;
  if (remoteClock === undefined) return undefined;
  return stats.add<RTCRemoteOutboundRtpStreamStats>("remote-outbound-rtp", receiver, {
    ...{ ssrc, kind, transportId, codecId },
    localId: stats.id("inbound-rtp", receiver, ssrc),
    packetsSent: figures.remotePacketsSent ?? 0,
    bytesSent: figures.remoteBytesSent ?? 0,
    remoteTimestamp: unixMillisFromNtp(remoteClock.ntpTimestamp),
    reportsSent: figures.remoteReportsSent,
    roundTripTime: latest === undefined ? undefined : latest / 1000,
    totalRoundTripTime: total / 1000,
    roundTripTimeMeasurements: count,
  }, { part: ssrc, timestamp: wallTime(remoteClock.arrival) });
}
