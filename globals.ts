/**
 * Installs the browser's WebRTC names on `globalThis`, for libraries that look for them there, and synthetic devices as
 * `navigator.mediaDevices`. In a worker, it does what `@heron/webrtc/worker` does, too. What exists already is left alone.
 *
 * @example
 * ```ts
 * import "@heron/webrtc/globals";
 * import { RTCPeerConnection } from "@heron/webrtc";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals((globalThis as unknown as Record<string, unknown>).RTCPeerConnection, RTCPeerConnection);
 * ```
 *
 * @module
 */
import * as names from "./mod.ts";
import "./worker.ts";

// In workers, ./worker.ts has put these there already; elsewhere there are none, as in a browser.
const { mediaDevices, RTCRtpScriptTransformer: _, RTCTransformEvent: __, ...interfaces } = names;

for (const [name, value] of Object.entries(interfaces)) {
  // WebIDL section 3.7: an interface object is not enumerable.
  define(globalThis, name, { value, writable: true, enumerable: false });
}
define(Object.getPrototypeOf(navigator), "mediaDevices", {
  get: () => mediaDevices,
  enumerable: true,
});

function define(target: object, name: string, descriptor: PropertyDescriptor): void {
  if (!(name in target)) Object.defineProperty(target, name, { configurable: true, ...descriptor });
}
