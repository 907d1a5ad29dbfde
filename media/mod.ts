/**
 * Media without a camera: streams and tracks as browsers have them, whose tracks carry encoded chunks.
 *
 * - what a program makes itself goes into a {@linkcode MediaStreamTrackGenerator}, and comes out of a
 *   {@linkcode MediaStreamTrackProcessor};
 * - {@linkcode mediaDevices} has a synthetic camera and microphone;
 * - {@linkcode playFile} plays a file, {@linkcode recordTracks} makes one.
 *
 * Nothing is encoded or decoded. What a source gives is what a peer gets: it has to be of a codec that both ends have agreed on.
 *
 * @example Records the synthetic camera
 * ```ts
 * import { mediaDevices, recordTracks } from "@heron/webrtc/media";
 * import { assert } from "@std/assert";
 *
 * const stream = await mediaDevices.getUserMedia({ video: true });
 * const recording = recordTracks(stream, { format: "webm", maxBytes: 5000 });
 * const { bytes, duration } = await recording.finished;
 * assert(bytes!.length > 5000 && duration > 0.1);
 * for (const track of stream.getTracks()) track.stop();
 * ```
 *
 * @module
 */
export type { ChunkMetadata, EncodedChunk, MediaKind } from "./encoded_chunk.ts";
export type {
  RTCEncodedAudioFrameMetadata,
  RTCEncodedFrameMetadata,
  RTCEncodedVideoFrameMetadata,
} from "./frame_metadata.ts";
export type {
  ConstrainBoolean,
  ConstrainBooleanOrDOMString,
  ConstrainDOMString,
  ConstrainDouble,
  ConstrainULong,
  DoubleRange,
  MediaTrackCapabilities,
  MediaTrackConstraints,
  MediaTrackConstraintSet,
  MediaTrackSettings,
  MediaTrackSupportedConstraints,
  ULongRange,
} from "./constraints/dictionaries.ts";
export { OverconstrainedError } from "./constraints/overconstrained_error.ts";
export {
  MediaStreamTrack,
  type MediaStreamTrackEventMap,
  type MediaStreamTrackState,
} from "./media_stream_track.ts";
export { MediaStream, type MediaStreamEventMap } from "./media_stream.ts";
export {
  MediaStreamTrackEvent,
  type MediaStreamTrackEventInit,
} from "./events/media_stream_track_event.ts";
export {
  type CopyableChunk,
  type EncodedRtcFrame,
  MediaStreamTrackGenerator,
  type MediaStreamTrackGeneratorEventMap,
  type MediaStreamTrackGeneratorInit,
  type WritableChunk,
} from "./media_stream_track_generator.ts";
export {
  MediaStreamTrackProcessor,
  type MediaStreamTrackProcessorInit,
} from "./media_stream_track_processor.ts";
export { KeyFrameRequestEvent } from "./events/key_frame_request_event.ts";
export {
  MediaDevices,
  mediaDevices,
  type MediaDevicesEventMap,
  type MediaStreamConstraints,
} from "./devices/media_devices.ts";
export {
  InputDeviceInfo,
  MediaDeviceInfo,
  type MediaDeviceKind,
} from "./devices/media_device_info.ts";
export { type MediaFile, MediaPlayer, playFile, type PlayOptions } from "./player/media_player.ts";
export {
  Recording,
  type RecordingFormat,
  type RecordingResult,
  type RecordOptions,
  recordTracks,
} from "./recorder/recording.ts";
export { DeviceChangeEvent, type DeviceChangeEventInit } from "./events/device_change_event.ts";
