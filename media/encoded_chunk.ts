/** What a track carries. */
export type MediaKind = "audio" | "video";

/**
 * One encoded picture or piece of audio, in the shape of WebCodecs' `EncodedVideoChunk` and `EncodedAudioChunk`.
 *
 * `data` is what the codec's WebCodecs registration says: VP8 and VP9 frames, H264 and H265 access units as Annex B with the parameter
 * sets in front of key frames, AV1 temporal units of OBUs with sizes, Opus packets, samples of G.711 and G722.
 */
export interface EncodedChunk {
  /** Whether it can be decoded without what came before. Audio is always `"key"`. */
  readonly type: "key" | "delta";
  /** When it is presented, in microseconds on the source's own clock; of what a peer sends, from when the first packet has arrived. */
  readonly timestamp: number;
  /** For how long, in microseconds. */
  readonly duration?: number;
  /** The encoded bytes; nobody changes them. */
  readonly data: Uint8Array;
  /** What else is known of it. */
  readonly metadata?: ChunkMetadata;
}

/** What is known of a chunk besides its bytes: that of `RTCEncodedVideoFrameMetadata` and `RTCEncodedAudioFrameMetadata`, and more. */
export interface ChunkMetadata {
  /** The codec, such as `"video/VP8"`; where it is missing, the source's own (one of `MediaSource.codecs`) counts. */
  readonly mimeType?: string;
  /** Width of a picture in pixels; known for key frames only. */
  readonly width?: number;
  /** Height of a picture in pixels; known for key frames only. */
  readonly height?: number;
  /** The RTP timestamp with which it came. */
  readonly rtpTimestamp?: number;
  /** The stream in which it came. */
  readonly synchronizationSource?: number;
  /** Those whose media were mixed to this. */
  readonly contributingSources?: readonly number[];
  /** How loud each of them is, in the same order, from 0 (loudest) to 127 -dBov (RFC 6465), where the mixer tells. */
  readonly contributingLevels?: readonly number[];
  /** The RTP sequence number with which a piece of audio came. */
  readonly sequenceNumber?: number;
  /** The payload type with which it came. */
  readonly payloadType?: number;
  /** The restriction identifier of its simulcast layer. */
  readonly rid?: string;
  /** When it arrived, in milliseconds on the monotonic clock. */
  readonly receiveTime?: number;
  /** When it was captured, in milliseconds since 1970 by the clock of who captured it, where packets tell. */
  readonly captureTime?: number;
  /** How far the sender takes its own clock to be ahead of that one, in milliseconds, where packets tell. */
  readonly senderCaptureTimeOffset?: number;
  /** Its moment on the sender's wall clock, in milliseconds since 1970, once a sender report has come: what keeps tracks in step. */
  readonly senderTime?: number;
  /** Loudness, from 0 (loudest) to 127 -dBov (RFC 6464). */
  readonly audioLevel?: number;
  /** Whether there is speech, where the sender told (RFC 6464). */
  readonly voiceActivity?: boolean;
  /** By how many degrees the picture is to be turned clockwise. */
  readonly rotation?: 0 | 90 | 180 | 270;
  /** The number of the frame, where a dependency descriptor gives one. */
  readonly frameId?: number;
  /** The frames that this one needs. */
  readonly dependencies?: readonly number[];
  /** The spatial layer. */
  readonly spatialIndex?: number;
  /** The temporal layer. */
  readonly temporalIndex?: number;
  /** Whether, above the lowest temporal layer, it needs only the latest picture of that one, where packets of VP8 tell (RFC 7741 section 4.2). */
  readonly layerSync?: boolean;
  /** Whether it starts a burst of audio after silence. */
  readonly marker?: boolean;
}
