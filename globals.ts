/**
 * Installs the browser's WebRTC names on `globalThis`, for libraries that look for them there. Names that exist already are left
 * alone.
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

for (const [name, value] of Object.entries(names)) {
  if (!(name in globalThis)) {
    // WebIDL section 3.7: an interface object is not enumerable.
    Object.defineProperty(globalThis, name, {
      value,
      writable: true,
      configurable: true,
      enumerable: false,
    });
  }
}
