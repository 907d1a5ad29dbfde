/**
 * RTP packets of an `RTCPeerConnection`, for bots and for servers that forward media: beside the browser's API, which stays as it is.
 *
 * {@linkcode forward} sends what one connection receives by another, without touching what is in the packets.
 * {@linkcode replacePacketReceiver} and {@linkcode replacePacketSender} let a script read and write packets itself. The names are those of
 * the W3C's RtpTransport draft of January 2025, where these two are methods of `RTCRtpReceiver` and `RTCRtpSender`.
 * {@linkcode receivedTones} tells of the telephone keys that the other side presses.
 *
 * @module
 */
export {
  forward,
  type ForwardDiscard,
  type Forwarding,
  type ForwardOptions,
} from "./forwarding.ts";
export {
  replacePacketReceiver,
  RTCRtpPacketReceiver,
  type RTCRtpPacketReceiverEventMap,
} from "./rtc_rtp_packet_receiver.ts";
export {
  replacePacketSender,
  RTCRtpPacketSender,
  type RTCRtpPacketSenderEventMap,
  type RTCRtpPacketSenderLayer,
} from "./rtc_rtp_packet_sender.ts";
export { RTCRtpPacket, type RTCRtpPacketInit } from "./rtc_rtp_packet.ts";
export {
  RTCRtpHeaderExtension,
  type RTCRtpHeaderExtensionInit,
} from "./rtc_rtp_header_extension.ts";
export { type ReceivedTone, receivedTones } from "./received_tones.ts";
export type { RTCRtpSendResult, RTCRtpSent, RTCRtpUnsentReason } from "./sent_packets.ts";
export type { Discards } from "../../core/mod.ts";
