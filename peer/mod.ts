/**
 * The W3C's classes and their types, one a file.
 *
 * @module
 */
export { RTCPeerConnection, type RTCPeerConnectionEventMap } from "./rtc_peer_connection.ts";
export type { RTCPriorityType } from "./rtc_priority_type.ts";
export type { RTCOfferOptions } from "./rtc_offer_options.ts";
export type { RTCDataChannelInit } from "./rtc_data_channel_init.ts";
export type { LegacyStreams } from "./legacy_streams.ts";
export { RTCRtpTransceiver } from "./rtc_rtp_transceiver.ts";
export { RTCRtpSender } from "./rtc_rtp_sender.ts";
export { RTCRtpReceiver } from "./rtc_rtp_receiver.ts";
export type {
  RTCRtpContributingSource,
  RTCRtpSynchronizationSource,
} from "./transceivers/contributing_sources.ts";
export type { RTCRtpTransform } from "./encoded_transform/rtc_rtp_transform.ts";
export { RTCRtpScriptTransform } from "./encoded_transform/rtc_rtp_script_transform.ts";
export {
  RTCRtpScriptTransformer,
  type RTCRtpScriptTransformerEventMap,
} from "./encoded_transform/rtc_rtp_script_transformer.ts";
export { RTCTransformEvent } from "./encoded_transform/rtc_transform_event.ts";
export {
  RTCEncodedVideoFrame,
  type RTCEncodedVideoFrameOptions,
} from "./encoded_transform/rtc_encoded_video_frame.ts";
export {
  RTCEncodedAudioFrame,
  type RTCEncodedAudioFrameOptions,
} from "./encoded_transform/rtc_encoded_audio_frame.ts";
export type { RTCInsertableStreams } from "./encoded_transform/encoded_streams.ts";
export type { EncodedFrame } from "./encoded_transform/chunk_frames.ts";
export { SFrameTransform } from "./encoded_transform/sframe/sframe_transform.ts";
export { SFrameEncrypterStream } from "./encoded_transform/sframe/sframe_encrypter_stream.ts";
export { SFrameDecrypterStream } from "./encoded_transform/sframe/sframe_decrypter_stream.ts";
export {
  SFrameTransformErrorEvent,
  type SFrameTransformErrorEventInit,
  type SFrameTransformErrorEventType,
} from "./encoded_transform/sframe/sframe_transform_error_event.ts";
export type { SFrameCipherSuite } from "./encoded_transform/sframe/cipher_suites.ts";
export type {
  CryptoKeyID,
  SFrameKeyManagementEventMap,
  SFrameTransformOptions,
} from "./encoded_transform/sframe/key_management.ts";
export { RTCDTMFSender, type RTCDTMFSenderEventMap } from "./rtc_dtmf_sender.ts";
export type {
  RTCEncodingOptions,
  RTCResolutionRestriction,
  RTCRtcpParameters,
  RTCRtpCapabilities,
  RTCRtpCodec,
  RTCRtpCodecParameters,
  RTCRtpCodingParameters,
  RTCRtpEncodingParameters,
  RTCRtpHeaderExtensionCapability,
  RTCRtpHeaderExtensionParameters,
  RTCRtpParameters,
  RTCRtpReceiveParameters,
  RTCRtpSendParameters,
  RTCRtpTransceiverDirection,
  RTCRtpTransceiverInit,
  RTCSetParameterOptions,
} from "./rtc_rtp_parameters.ts";
export type {
  RTCPeerConnectionErrorCallback,
  RTCSessionDescriptionCallback,
} from "./legacy_callbacks.ts";
export {
  type RTCBundlePolicy,
  type RTCConfiguration,
  type RTCIceServer,
  type RTCIceTransportPolicy,
  type RTCRtcpMuxPolicy,
} from "./connection/configuration.ts";
export {
  type RTCIceConnectionState,
  type RTCIceGatheringState,
  type RTCPeerConnectionState,
  type RTCSignalingState,
} from "./connection/states.ts";
export {
  type BinaryType,
  RTCDataChannel,
  type RTCDataChannelEventMap,
  type RTCDataChannelState,
} from "./rtc_data_channel.ts";
export {
  RTCSctpTransport,
  type RTCSctpTransportEventMap,
  type RTCSctpTransportState,
} from "./rtc_sctp_transport.ts";
export {
  RTCDtlsTransport,
  type RTCDtlsTransportEventMap,
  type RTCDtlsTransportState,
} from "./rtc_dtls_transport.ts";
export {
  type RTCIceGathererState,
  type RTCIceParameters,
  type RTCIceRole,
  RTCIceTransport,
  type RTCIceTransportEventMap,
  type RTCIceTransportState,
} from "./rtc_ice_transport.ts";
export {
  RTCIceCandidate,
  type RTCIceCandidateInit,
  type RTCIceCandidateType,
  type RTCIceComponent,
  type RTCIceProtocol,
  type RTCIceServerTransportProtocol,
  type RTCIceTcpCandidateType,
  type RTCLocalIceCandidateInit,
} from "./rtc_ice_candidate.ts";
export { RTCIceCandidatePair } from "./rtc_ice_candidate_pair.ts";
export { RTCCertificate, type RTCDtlsFingerprint } from "./rtc_certificate.ts";
export { RTCStatsReport } from "./rtc_stats_report.ts";
export type { RTCStats, RTCStatsType } from "./stats/stats.ts";
export type { RTCCertificateStats } from "./stats/certificate.ts";
export type {
  RTCReceivedRtpStreamStats,
  RTCRtpStreamStats,
  RTCSentRtpStreamStats,
} from "./stats/rtp_stream.ts";
export type { RTCCodecStats } from "./stats/codec.ts";
export type {
  RTCInboundRtpStreamStats,
  RTCRemoteOutboundRtpStreamStats,
} from "./stats/inbound_rtp.ts";
export type {
  RTCOutboundRtpStreamStats,
  RTCRemoteInboundRtpStreamStats,
} from "./stats/outbound_rtp.ts";
export type { RTCMediaSourceStats, RTCVideoSourceStats } from "./stats/media_source.ts";
export type { RTCDataChannelStats } from "./stats/data_channel.ts";
export type { RTCDtlsRole, RTCTransportStats } from "./stats/transport.ts";
export type { RTCIceCandidateStats } from "./stats/candidate.ts";
export type {
  RTCIceCandidatePairStats,
  RTCStatsIceCandidatePairState,
} from "./stats/candidate_pair.ts";
export type { RTCPeerConnectionStats } from "./stats/peer_connection.ts";
export {
  type RTCLocalSessionDescriptionInit,
  type RTCSdpType,
  RTCSessionDescription,
  type RTCSessionDescriptionInit,
} from "./rtc_session_description.ts";
export type { EventHandlers, Listen, Unlisten } from "../webidl/interface.ts";
export { RTCError, type RTCErrorDetailType, type RTCErrorInit } from "./rtc_error.ts";
export { RTCErrorEvent, type RTCErrorEventInit } from "./events/rtc_error_event.ts";
export {
  RTCDataChannelEvent,
  type RTCDataChannelEventInit,
} from "./events/rtc_data_channel_event.ts";
export {
  RTCPeerConnectionIceEvent,
  type RTCPeerConnectionIceEventInit,
} from "./events/rtc_peer_connection_ice_event.ts";
export {
  RTCPeerConnectionIceErrorEvent,
  type RTCPeerConnectionIceErrorEventInit,
} from "./events/rtc_peer_connection_ice_error_event.ts";
export { RTCTrackEvent, type RTCTrackEventInit } from "./events/rtc_track_event.ts";
export {
  RTCDTMFToneChangeEvent,
  type RTCDTMFToneChangeEventInit,
} from "./events/rtc_dtmf_tone_change_event.ts";
export { MediaStreamEvent, type MediaStreamEventInit } from "./events/media_stream_event.ts";
