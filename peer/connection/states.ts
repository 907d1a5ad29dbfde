/**
 * The aggregated states of a connection (W3C WebRTC section 4.3), derived from those of its transports.
 *
 * @module
 */
import type { RTCDtlsTransportState } from "../rtc_dtls_transport.ts";
import type { RTCIceGathererState, RTCIceTransportState } from "../rtc_ice_transport.ts";

/** How far the exchange of descriptions is. */
export type RTCSignalingState =
  | "stable"
  | "have-local-offer"
  | "have-remote-offer"
  | "have-local-pranswer"
  | "have-remote-pranswer"
  | "closed";
/** How far all gathering is. */
export type RTCIceGatheringState = "new" | "gathering" | "complete";
/** The states of all ICE transports in one. */
export type RTCIceConnectionState =
  | "closed"
  | "failed"
  | "disconnected"
  | "new"
  | "checking"
  | "completed"
  | "connected";
/** The states of all ICE and DTLS transports in one. */
export type RTCPeerConnectionState =
  | "closed"
  | "failed"
  | "disconnected"
  | "new"
  | "connecting"
  | "connected";

/** W3C WebRTC section 4.3.2. */
export function deriveIceGatheringState(
  transports: readonly RTCIceGathererState[],
): RTCIceGatheringState {
  if (transports.includes("gathering")) return "gathering";
  return transports.length > 0 && transports.every((state) => state === "complete")
    ? "complete"
    : "new";
}

/** W3C WebRTC section 4.3.4. */
export function deriveIceConnectionState(
  transports: readonly RTCIceTransportState[],
): RTCIceConnectionState {
  const all = (...states: RTCIceTransportState[]) =>
    transports.every((state) => states.includes(state));
  if (transports.includes("failed")) return "failed";
  if (transports.includes("disconnected")) return "disconnected";
  if (all("new", "closed")) return "new";
  if (transports.includes("new") || transports.includes("checking")) return "checking";
  return all("completed", "closed") ? "completed" : "connected";
}

/** W3C WebRTC section 4.3.3. */
export function deriveConnectionState(
  ice: RTCIceConnectionState,
  dtls: readonly RTCDtlsTransportState[],
): RTCPeerConnectionState {
  const all = (...states: RTCDtlsTransportState[]) => dtls.every((state) => states.includes(state));
  if (ice === "closed") return "closed";
  if (ice === "failed" || dtls.includes("failed")) return "failed";
  if (ice === "disconnected") return "disconnected";
  if (ice === "new" && all("new", "closed")) return "new";
  // "completed" is said of "connected" only, but a connection whose checks are over has not become less connected.
  if ((ice === "connected" || ice === "completed") && all("connected", "closed")) {
    return "connected";
  }
  return "connecting";
}
