import type { StunError } from "./stun/attributes.ts";

/** Reported where a server could not be reached at all (W3C webrtc-pc, RTCPeerConnectionIceErrorEvent). */
export const SERVER_UNREACHABLE = 701;

/** Of a server that need not be asked: there is none. */
export const NOBODYS_ADDRESS: StunError = {
  code: SERVER_UNREACHABLE,
  reason: "The server's address is nobody's",
};
