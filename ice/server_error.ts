/** Reported where a server could not be reached at all (W3C webrtc-pc, RTCPeerConnectionIceErrorEvent). */
export const SERVER_UNREACHABLE = 701;
