/**
 * What `getMetadata()` of an `RTCEncodedVideoFrame` or an `RTCEncodedAudioFrame` tells, and how it translates to what is known of a chunk.
 *
 * @module
 */
import type { ChunkMetadata, EncodedChunk, MediaKind } from "./encoded_chunk.ts";

/** What is known of any encoded frame besides its bytes (W3C WebRTC Encoded Transform section 4.1). */
export interface RTCEncodedFrameMetadata {
  /** The SSRC of its stream. */
  synchronizationSource?: number;
  /** Its RTP payload type. */
  payloadType?: number;
  /** The SSRCs of those whose media were mixed to this. */
  contributingSources?: number[];
  /** Its RTP timestamp. */
  rtpTimestamp?: number;
  /** When its last packet arrived, in milliseconds since `performance.timeOrigin`; for frames of a receiver. */
  receiveTime?: number;
  /** When it was captured, in milliseconds since `performance.timeOrigin` on the clock of who captured it. */
  captureTime?: number;
  /** How far the sender estimates its own clock to be from that of who captured it, in milliseconds. */
  senderCaptureTimeOffset?: number;
  /** The codec, such as `"video/VP8"`. */
  mimeType?: string;
}

/** What is known of an encoded picture besides its bytes (W3C WebRTC Encoded Transform section 4.2). */
export interface RTCEncodedVideoFrameMetadata extends RTCEncodedFrameMetadata {
  /** The number of the frame, in decoding order, where a dependency descriptor gives one. */
  frameId?: number;
  /** The numbers of the frames that it needs. */
  dependencies?: number[];
  /** In pixels; known for key frames only. */
  width?: number;
  /** In pixels; known for key frames only. */
  height?: number;
  /** The spatial layer. */
  spatialIndex?: number;
  /** The temporal layer. */
  temporalIndex?: number;
  /** When it is presented, in microseconds. */
  timestamp?: number;
}

/** What is known of an encoded piece of audio besides its bytes (W3C WebRTC Encoded Transform section 4.4). */
export interface RTCEncodedAudioFrameMetadata extends RTCEncodedFrameMetadata {
  /** The RTP sequence number; for frames of a receiver. */
  sequenceNumber?: number;
  /** Loudness, from 0 (silence) to 1 (0 dBov), linear. */
  audioLevel?: number;
}

/** RFC 6464 section 3: the level that means silence. */
const SILENCE = 127;

/** The linear level of one in -dBov (W3C WebRTC Encoded Transform section 4.4). */
export function linearLevel(decibels: number): number {
  return decibels >= SILENCE ? 0 : 10 ** (-decibels / 20);
}

/** The level in -dBov, from 0 to 127 (RFC 6464 section 3), of a linear one. */
export function decibelLevel(linear: number): number {
  if (!(linear > 0)) return SILENCE;
  return Math.min(SILENCE, Math.max(0, Math.round(-20 * Math.log10(linear))));
}

/** What a frame made of this chunk tells. `timeOrigin` is the `performance.timeOrigin` of where it is asked. */
export function frameMetadataOf(
  kind: MediaKind,
  { timestamp, metadata = {} }: Pick<EncodedChunk, "timestamp" | "metadata">,
  timeOrigin: number,
): RTCEncodedVideoFrameMetadata | RTCEncodedAudioFrameMetadata {
  const { contributingSources = [], captureTime, dependencies, audioLevel } = metadata;
  return defined({
    synchronizationSource: metadata.synchronizationSource,
    payloadType: metadata.payloadType,
    contributingSources: [...contributingSources],
    rtpTimestamp: metadata.rtpTimestamp,
    receiveTime: metadata.receiveTime,
    captureTime: captureTime === undefined ? undefined : captureTime - timeOrigin,
    senderCaptureTimeOffset: metadata.senderCaptureTimeOffset,
    mimeType: metadata.mimeType,
    ...kind === "audio"
      ? {
        sequenceNumber: metadata.sequenceNumber,
        audioLevel: audioLevel === undefined ? undefined : linearLevel(audioLevel),
      }
      : {
        frameId: metadata.frameId,
        dependencies: dependencies === undefined ? undefined : [...dependencies],
        width: metadata.width,
        height: metadata.height,
        spatialIndex: metadata.spatialIndex,
        temporalIndex: metadata.temporalIndex,
        timestamp,
      },
  });
}

/** What is known of a chunk made of a frame that tells this: the other way round. */
export function chunkMetadataOf(
  metadata: RTCEncodedVideoFrameMetadata & RTCEncodedAudioFrameMetadata,
  timeOrigin: number,
): ChunkMetadata {
  const { timestamp: _, captureTime, audioLevel, ...same } = metadata;
  return defined({
    ...same,
    captureTime: captureTime === undefined ? undefined : captureTime + timeOrigin,
    audioLevel: audioLevel === undefined ? undefined : decibelLevel(audioLevel),
  });
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Members that are undefined are missing, as WebIDL has it. */
function defined<T extends object>(members: T): Partial<Defined<T>> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as Partial<Defined<T>>;
}
