/**
 * Settings that browsers don't have, for servers: ports, addresses, timeouts, and networks of the caller's own. They are given to
 * {@linkcode createRTCPeerConnection}, so that `RTCPeerConnection` itself stays as it is in the browser.
 *
 * @example A server with a single UDP port
 * ```ts
 * import { createRTCPeerConnection } from "@heron/webrtc/settings";
 *
 * const RTCPeerConnection = createRTCPeerConnection({ udpPort: 3478 });
 * const clients = Array.from({ length: 3 }, () => new RTCPeerConnection()); // all of them on that port
 * for (const pc of clients) pc.close();
 * ```
 *
 * @module
 */
import { RTCPeerConnection, withEnvironment } from "./rtc_peer_connection.ts";
import { convertSettings } from "./settings/convert.ts";
import { environmentOf } from "./settings/environment.ts";
import type { PeerConnectionSettings } from "./settings/settings.ts";

export type {
  PeerConnectionSettings,
  PeerConnectionTimeouts,
  SrtpProtectionProfileName,
} from "./settings/settings.ts";
export type { DatagramSocket, Network, PortRange } from "../transport/mod.ts";

/**
 * Makes an `RTCPeerConnection` whose connections keep to the settings. What they share, such as a port, those of one such class share:
 * make it once, and connections as often as needed.
 *
 * It is the same class in every other way: its connections are instances of `RTCPeerConnection`, and it can be extended.
 *
 * @throws {TypeError} if a setting is of the wrong type or unknown, or two settings contradict each other
 * @throws {RangeError} if a number is out of its range
 *
 * @example
 * ```ts
 * import { RTCPeerConnection } from "@heron/webrtc";
 * import { createRTCPeerConnection } from "@heron/webrtc/settings";
 * import { assert, assertThrows } from "@std/assert";
 *
 * const ServerConnection = createRTCPeerConnection({
 *   portRange: { min: 50_000, max: 50_999 },
 *   interfaceFilter: (name) => !name.startsWith("docker"),
 *   timeouts: { disconnected: 3000, failed: 10_000 },
 * });
 * const pc = new ServerConnection({ iceServers: [{ urls: "stun:stun.example.org" }] });
 * assert(pc instanceof RTCPeerConnection);
 * pc.close();
 *
 * assertThrows(() => createRTCPeerConnection({ udpPort: 70_000 }), RangeError);
 * ```
 */
export function createRTCPeerConnection(
  settings: PeerConnectionSettings = {},
): typeof RTCPeerConnection {
  const environment = environmentOf(convertSettings(settings, "createRTCPeerConnection"));
  // A proxy rather than a subclass: whatever a script can see of the class is then the class's own.
  return new Proxy(RTCPeerConnection, {
    construct: (target, parameters, newTarget) =>
      withEnvironment(environment, () => Reflect.construct(target, parameters, newTarget)),
  });
}
