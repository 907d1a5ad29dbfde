/**
 * What a worker needs to be given transformers.
 *
 * @module
 */
import { defineHandler } from "../../webidl/interface.ts";
import { isStart } from "./messages.ts";
import { createTransformer } from "./rtc_rtp_script_transformer.ts";
import { createTransformEvent } from "./rtc_transform_event.ts";
import { TransformerPort } from "./transformer_port.ts";

/** The global scope of a worker, which knows when it was asked for transformers already. */
const scopes = new WeakSet<EventTarget>();

/**
 * Has a worker's global scope fire `rtctransform` for every `RTCRtpScriptTransform` that is made for it, and gives it `onrtctransform` (W3C
 * WebRTC Encoded Transform section 4.7). To be called before the script listens for messages, so that it sees none of ours.
 */
export function receiveTransforms(scope: EventTarget): void {
  if (scopes.has(scope)) return;
  scopes.add(scope);
  defineHandler(Object.getPrototypeOf(scope), "rtctransform");
  scope.addEventListener("message", (event) => {
    const { data } = event as MessageEvent;
    if (!isStart(data)) return;
    event.stopImmediatePropagation();
    scope.dispatchEvent(createTransformEvent(createTransformer(new TransformerPort(data))));
  });
}

/** The global scope, if it is that of a dedicated worker. */
export function workerScope(): EventTarget | undefined {
  const { DedicatedWorkerGlobalScope: Scope } = globalThis as {
    DedicatedWorkerGlobalScope?: new () => EventTarget;
  };
  return Scope !== undefined && globalThis instanceof Scope ? globalThis : undefined;
}
