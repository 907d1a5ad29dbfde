/** RTP of one transport as a layer: {@linkcode RtpSession}. */
export {
  type AnnouncedSource,
  type Delivery,
  type EncodingParameters,
  type ExtensionIds,
  type LayerCounts,
  MAX_ENCODINGS,
  MAX_SECTIONS,
  type ReceiverParameters,
  type RtpFormat,
  type RtpKind,
  type SenderParameters,
} from "./parameters.ts";
export {
  type ExtensionValue,
  type FrameDependencies,
  type FrameLayer,
  type FrameMetadata,
  type FrameMoment,
  type InboundFrame,
  type InboundPacket,
  isOutbound,
  type OutboundFrame,
  type OutboundItem,
  type OutboundPacket,
  type PacketizedPacket,
  type ReturnedPacket,
  type RtpDatagram,
  type RtpItem,
  type WrittenPacket,
} from "./items.ts";
export type { EncodingBitrate, RtpSessionEvent } from "./event.ts";
export type { RtpSessionDiscard } from "./discards.ts";
export { DEFAULT_MAX_PACKET_SIZE, type RtpSessionOptions } from "./options.ts";
export type {
  InboundStatistics,
  OutboundStatistics,
  RoundTripStatistics,
  TransportStatistics,
} from "./statistics.ts";
export {
  type AssumedNeeds,
  type KnownNeeds,
  LatestFrames,
} from "./outbound/dependencies/latest_frames.ts";
export { FrameRate } from "./outbound/frame_rate.ts";
export type { QualityLimitationReason } from "./outbound/quality_limitation.ts";
export { isSessionExtension } from "./outbound/packet_extensions.ts";
export { RtpSession } from "./session.ts";
