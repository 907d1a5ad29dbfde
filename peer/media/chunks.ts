/**
 * Frames of the RTP session as chunks of a track, and back.
 *
 * @module
 */
import { describeKeyFrame } from "../../media/codecs/key_frame.ts";
import type { ChunkMetadata, EncodedChunk } from "../../media/encoded_chunk.ts";
import {
  type AbsCaptureTime,
  type FrameLayer,
  type FrameMetadata,
  type InboundFrame,
  MAX_CSRCS,
  ntpFromUnixMillis,
  type OutboundFrame,
  unixMillisFromNtp,
  type Vp8Descriptor,
  type Vp9Picture,
} from "../../rtp/mod.ts";

/** What the track of a receiver gives. */
export function chunkOf(frame: InboundFrame): EncodedChunk {
  return {
    type: frame.keyFrame ? "key" : "delta",
    timestamp: frame.timestamp,
    data: frame.data,
    metadata: metadataOf(frame),
  };
}

function metadataOf(frame: InboundFrame): ChunkMetadata {
  const { mimeType, ssrc, payloadType, rid, rtpTimestamp, receiveTime, sequenceNumber } = frame;
  const { audioLevel, voiceActivity, rotation, captureTime, senderTime } = frame;
  const { contributingSources, contributingLevels } = frame;
  return {
    ...{ mimeType, synchronizationSource: ssrc, payloadType, rtpTimestamp, receiveTime },
    ...(mimeType.startsWith("audio/") ? { sequenceNumber } : pictureMetadata(frame)),
    ...(rid !== undefined && { rid }),
    ...(audioLevel !== undefined && { audioLevel }),
    ...(voiceActivity !== undefined && { voiceActivity }),
    ...(rotation !== undefined && { rotation }),
    ...(contributingSources !== undefined && { contributingSources }),
    ...(contributingLevels !== undefined && { contributingLevels }),
    ...(captureTime !== undefined && captureMetadata(captureTime)),
    ...(senderTime !== undefined && { senderTime }),
  };
}

/** Of a picture: its size where it tells, and its layers, which are the lowest where there are none. */
function pictureMetadata(frame: InboundFrame): ChunkMetadata {
  const { mimeType, keyFrame, data, dependencies } = frame;
  const size = keyFrame ? describeKeyFrame(mimeType, data) : undefined;
  const { spatialId = 0, temporalId = 0, layerSync }: ToldLayer = dependencies ?? layerOf(frame);
  return {
    ...{ spatialIndex: spatialId, temporalIndex: temporalId },
    ...(layerSync !== undefined && temporalId > 0 && { layerSync }),
    ...(dependencies && {
      frameId: dependencies.frameId,
      dependencies: dependencies.dependencies,
    }),
    ...(size && { width: size.width, height: size.height }),
  };
}

type ToldLayer = Partial<FrameLayer> & Pick<Vp8Descriptor, "layerSync">;

/** What the payload format tells (RFC 7741 section 4.2, RFC 9628 section 4.2): a picture of VP9 is told by the lowest of its layers. */
function layerOf({ mimeType, descriptor }: InboundFrame): ToldLayer {
  switch (mimeType.toLowerCase()) {
    case "video/vp8":
      return descriptor as Vp8Descriptor;
    case "video/vp9":
      return (descriptor as Vp9Picture).layers[0]?.layer ?? {};
    default:
      return {};
  }
}

function captureMetadata(
  { captureTimestamp, clockOffset }: AbsCaptureTime,
): Pick<ChunkMetadata, "captureTime" | "senderCaptureTimeOffset"> {
  return {
    captureTime: unixMillisFromNtp(captureTimestamp),
    ...(clockOffset !== undefined && { senderCaptureTimeOffset: millisOf(clockOffset) }),
  };
}

/** What is given now, and says nothing of it, was captured now: to the precision that the other side learns it with. */
export function capturedNow(): Pick<ChunkMetadata, "captureTime" | "senderCaptureTimeOffset"> {
  const captureTimestamp = ntpFromUnixMillis(performance.timeOrigin + performance.now());
  return captureMetadata({ captureTimestamp, clockOffset: 0n });
}

/** From units of 2^-32 s. */
function millisOf(ntp: bigint): number {
  return Number(ntp) * 1000 / 2 ** 32;
}

/** In units of 2^-32 s. */
function ntpOf(millis: number): bigint {
  return BigInt(Math.round(millis * 2 ** 16 / 1000)) << 16n;
}

/** What a chunk has to say of its layer, and of what it needs. */
export function frameDependencies(
  { spatialIndex, temporalIndex, layerSync, frameId, dependencies }: ChunkMetadata = {},
): OutboundFrame["dependencies"] {
  const isNumbered = Number.isSafeInteger(frameId);
  if (spatialIndex === undefined && temporalIndex === undefined && !isNumbered) return undefined;
  return {
    spatialId: isWithin(spatialIndex, MAX_SPATIAL_ID) ? spatialIndex : 0,
    temporalId: isWithin(temporalIndex, MAX_TEMPORAL_ID) ? temporalIndex : 0,
    ...(layerSync !== undefined && { needsBaseOnly: layerSync }),
    ...(isNumbered && { frameId: frameId! }),
    ...(Array.isArray(dependencies) && {
      dependencies: dependencies.filter((needed) => Number.isSafeInteger(needed)),
    }),
  };
}

/** What a chunk has to say in its packets' headers. It may be an application's: what can't be said in them is left out. */
export function frameMetadata(metadata: ChunkMetadata = {}): FrameMetadata {
  const { audioLevel, voiceActivity, rotation, contributingSources, captureTime } = metadata;
  const { senderCaptureTimeOffset: offset, contributingLevels } = metadata;
  return {
    ...(isWithin(audioLevel, MAX_LEVEL) && { audioLevel: Math.round(audioLevel) }),
    ...(voiceActivity !== undefined && { voiceActivity }),
    ...(ROTATIONS.includes(rotation) && { rotation: rotation! }),
    ...(Array.isArray(contributingSources) && {
      contributingSources: contributingSources.slice(0, MAX_CSRCS).map((source) => source >>> 0),
    }),
    ...(Array.isArray(contributingLevels) && {
      contributingLevels: contributingLevels.slice(0, MAX_CSRCS).map((level) =>
        isWithin(level, MAX_LEVEL) ? Math.round(level) : MAX_LEVEL
      ),
    }),
    ...(isWithin(captureTime, MAX_TIME) && {
      captureTime: {
        captureTimestamp: ntpFromUnixMillis(captureTime),
        ...(offset !== undefined && isWithin(Math.abs(offset), MAX_TIME) && {
          clockOffset: ntpOf(offset),
        }),
      },
    }),
  };
}

/** Not so for NaN, and for what is no number. */
function isWithin(value: number | undefined, most: number): value is number {
  return value !== undefined && value >= 0 && value <= most;
}

/** -dBov (RFC 6464 section 3): silence. */
const MAX_LEVEL = 127;

/** AV1 RTP specification section A.8.2: ids of two and three bits. */
const MAX_SPATIAL_ID = 3;
const MAX_TEMPORAL_ID = 7;

/** In milliseconds: more than NTP's era has. */
const MAX_TIME = 2 ** 32 * 1000;

const ROTATIONS: readonly unknown[] = [0, 90, 180, 270];
