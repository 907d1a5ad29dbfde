import { instance, requireArguments, sequence } from "../../webidl/convert.ts";
import { defineInterface } from "../../webidl/interface.ts";
import type { FrameTransform } from "./frame_transform.ts";
import { START, type StartMessage } from "./messages.ts";
import { ScriptTransformPort } from "./script_transform_port.ts";

const transferList = sequence((value, context): Transferable => {
  if (typeof value === "object" && value !== null) return value as Transferable;
  throw new TypeError(`${context}: not an object`);
});

/** What stands behind a transform. Throws a TypeError for anything else. */
export let scriptTransformOf: (transform: RTCRtpScriptTransform) => FrameTransform;

/**
 * Gives the encoded frames of a sender or receiver to a script in a worker (W3C WebRTC Encoded Transform section 4.6): set it as
 * `sender.transform` or `receiver.transform`. The worker's script imports `@heron/webrtc/worker`, or all of `@heron/webrtc`, and gets an
 * `rtctransform` event.
 *
 * @example
 * ```ts
 * import { RTCPeerConnection, RTCRtpScriptTransform } from "@heron/webrtc";
 *
 * const script = `
 *   import "@heron/webrtc/worker";
 *   addEventListener("rtctransform", ({ transformer }) => {
 *     transformer.readable.pipeTo(transformer.writable); // a TransformStream goes between
 *   });
 * `;
 * const worker = new Worker(`data:text/javascript,${encodeURIComponent(script)}`, { type: "module" });
 * const connection = new RTCPeerConnection();
 * const { sender } = connection.addTransceiver("audio");
 * sender.transform = new RTCRtpScriptTransform(worker, { name: "as it is" });
 * connection.close();
 * worker.terminate();
 * ```
 */
export class RTCRtpScriptTransform {
  static {
    scriptTransformOf = (transform) => transform.#port;
  }

  readonly #port: ScriptTransformPort;

  /**
   * Makes a transformer in a worker, which gets a copy of `options`; what is in `transfer` is moved there.
   *
   * Throws a TypeError if `worker` is none, and a `DataCloneError` if the options can't be copied.
   */
  constructor(worker: Worker, options: unknown = undefined, transfer: object[] = []) {
    const context = "RTCRtpScriptTransform constructor";
    requireArguments(context, arguments.length, 1);
    const to = instance(Worker)(worker, context);
    const moved = transferList(transfer, `${context}: transfer`);
    const { port1, port2 } = new MessageChannel();
    const { timeOrigin } = performance;
    const message: StartMessage = { is: START, port: port2, options, timeOrigin };
    try {
      to.postMessage(message, [port2, ...moved]);
    } catch (error) {
      port1.close();
      port2.close();
      throw error;
    }
    this.#port = new ScriptTransformPort(port1);
  }
}

defineInterface(RTCRtpScriptTransform);
