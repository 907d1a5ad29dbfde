/**
 * Transceivers: what stands behind `RTCRtpTransceiver`, `RTCRtpSender` and `RTCRtpReceiver`.
 *
 * @module
 */
export * from "./slots.ts";
export * from "./packets.ts";
export * from "./tones.ts";
export * from "./table.ts";
export { withNegotiatedModes } from "./scalability.ts";
export * from "./stop.ts";
export * from "./remote_tracks.ts";
