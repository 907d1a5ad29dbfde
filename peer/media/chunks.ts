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
  if (spatialIndex === undefined && temporalIndex === undefined && frameId === undefined) {
    return undefined;
  }
  return {
    ...{ spatialId: spatialIndex ?? 0, temporalId: temporalIndex ?? 0 },
    ...(layerSync !== undefined && { needsBaseOnly: layerSync }),
    ...(frameId !== undefined && { frameId }),
    ...(dependencies !== undefined && { dependencies }),
  };
}

/** What a chunk has to say in header extensions. */
export function frameMetadata(metadata: ChunkMetadata = {}): FrameMetadata {
  const { audioLevel, voiceActivity, rotation, contributingSources, captureTime } = metadata;
  const { senderCaptureTimeOffset: offset, contributingLevels } = metadata;
  return {
    ...(audioLevel !== undefined && { audioLevel }),
    ...(voiceActivity !== undefined && { voiceActivity }),
    ...(rotation !== undefined && { rotation }),
    ...(contributingSources !== undefined && { contributingSources }),
    ...(contributingLevels !== undefined && { contributingLevels }),
    ...(captureTime !== undefined && {
      captureTime: {
        captureTimestamp: ntpFromUnixMillis(captureTime),
        ...(offset !== undefined && { clockOffset: ntpOf(offset) }),
      },
    }),
  };
}
