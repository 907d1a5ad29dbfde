/**
 * For the script of a Deno worker that transforms encoded frames: has its global scope fire `rtctransform` for every
 * `RTCRtpScriptTransform` that is made for it, as in a browser, and puts the classes that it needs there. What exists already is left alone.
 *
 * @example
 * ```ts ignore
 * import "@heron/webrtc/worker";
 * import type { RTCTransformEvent } from "@heron/webrtc";
 *
 * addEventListener("rtctransform", (event) => {
 *   const { transformer } = event as RTCTransformEvent;
 *   const turnedOver = new TransformStream({
 *     transform(frame, controller) {
 *       // The first bytes tell those who receive or forward it whether it is a key frame (VP8: ten): they stay.
 *       const start = frame.type === undefined ? 1 : 10;
 *       const bytes = new Uint8Array(frame.data);
 *       frame.data = bytes.map((byte, i) => i < start ? byte : byte ^ 0xff).buffer;
 *       controller.enqueue(frame);
 *     },
 *   });
 *   transformer.readable.pipeThrough(turnedOver).pipeTo(transformer.writable);
 * });
 * ```
 *
 * @module
 */
import { KeyFrameRequestEvent } from "./media/events/key_frame_request_event.ts";
import { RTCEncodedAudioFrame } from "./peer/encoded_transform/rtc_encoded_audio_frame.ts";
import { RTCEncodedVideoFrame } from "./peer/encoded_transform/rtc_encoded_video_frame.ts";
import { RTCRtpScriptTransformer } from "./peer/encoded_transform/rtc_rtp_script_transformer.ts";
import { RTCTransformEvent } from "./peer/encoded_transform/rtc_transform_event.ts";
import { SFrameDecrypterStream } from "./peer/encoded_transform/sframe/sframe_decrypter_stream.ts";
import { SFrameEncrypterStream } from "./peer/encoded_transform/sframe/sframe_encrypter_stream.ts";
import { SFrameTransformErrorEvent } from "./peer/encoded_transform/sframe/sframe_transform_error_event.ts";
import { receiveTransforms, workerScope } from "./peer/encoded_transform/worker_scope.ts";

const scope = workerScope();
if (scope !== undefined) {
  receiveTransforms(scope);
  const interfaces = {
    KeyFrameRequestEvent,
    RTCEncodedAudioFrame,
    RTCEncodedVideoFrame,
    RTCRtpScriptTransformer,
    RTCTransformEvent,
    SFrameDecrypterStream,
    SFrameEncrypterStream,
    SFrameTransformErrorEvent,
  };
  for (const [name, value] of Object.entries(interfaces)) {
    if (name in scope) continue;
    // WebIDL section 3.7: an interface object is not enumerable.
    Object.defineProperty(scope, name, { value, writable: true, configurable: true });
  }
}
