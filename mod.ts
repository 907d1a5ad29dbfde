/**
 * WebRTC for Deno: the browser's own names, and nothing else.
 *
 * @example Two peers in one process
 * ```ts
 * import { RTCPeerConnection } from "@heron/webrtc";
 * import { assertEquals } from "@std/assert";
 *
 * const [alice, bob] = [new RTCPeerConnection(), new RTCPeerConnection()];
 * alice.onicecandidate = ({ candidate }) => bob.addIceCandidate(candidate);
 * bob.onicecandidate = ({ candidate }) => alice.addIceCandidate(candidate);
 *
 * const received = new Promise<string>((resolve) => {
 *   bob.ondatachannel = ({ channel }) => {
 *     channel.onmessage = ({ data }) => resolve(data);
 *   };
 * });
 * const channel = alice.createDataChannel("chat");
 * channel.onopen = () => channel.send("hello");
 *
 * await alice.setLocalDescription();
 * await bob.setRemoteDescription(alice.localDescription!);
 * await bob.setLocalDescription();
 * await alice.setRemoteDescription(bob.localDescription!);
 *
 * assertEquals(await received, "hello");
 * alice.close();
 * bob.close();
 * ```
 *
 * @module
 */
import { receiveTransforms, workerScope } from "./peer/encoded_transform/worker_scope.ts";

export * from "./peer/mod.ts";
export {
  DeviceChangeEvent,
  type DeviceChangeEventInit,
  InputDeviceInfo,
  KeyFrameRequestEvent,
  MediaDeviceInfo,
  type MediaDeviceKind,
  MediaDevices,
  mediaDevices,
  type MediaDevicesEventMap,
  MediaStream,
  type MediaStreamConstraints,
  type MediaStreamEventMap,
  MediaStreamTrack,
  MediaStreamTrackEvent,
  type MediaStreamTrackEventInit,
  type MediaStreamTrackEventMap,
  MediaStreamTrackGenerator,
  type MediaStreamTrackGeneratorEventMap,
  type MediaStreamTrackGeneratorInit,
  MediaStreamTrackProcessor,
  type MediaStreamTrackProcessorInit,
  type MediaStreamTrackState,
  type MediaTrackCapabilities,
  type MediaTrackConstraints,
  type MediaTrackConstraintSet,
  type MediaTrackSettings,
  type MediaTrackSupportedConstraints,
  OverconstrainedError,
  type RTCEncodedAudioFrameMetadata,
  type RTCEncodedFrameMetadata,
  type RTCEncodedVideoFrameMetadata,
} from "./media/mod.ts";

const scope = workerScope();
// As in a browser, a worker need not ask for the transformers that are made for it. No name is put into its scope, other than by ./worker.ts.
if (scope !== undefined) receiveTransforms(scope);
