/** RTCP, a file for each packet. */
export {
  parseRtcp,
  type RtcpDiscard,
  type RtcpPacket,
  serializeRtcp,
  writeRtcp,
} from "./compound.ts";
export type { ReportBlock } from "./report_block.ts";
export type { SenderReport } from "./sr.ts";
export type { ReceiverReport } from "./rr.ts";
export {
  cnameOf,
  type SdesChunk,
  type SdesItem,
  SdesType,
  type SourceDescription,
} from "./sdes.ts";
export type { Goodbye } from "./bye.ts";
export type { ApplicationDefined } from "./app.ts";
export { MAX_NACKED, type Nack } from "./nack.ts";
export type { PictureLossIndication } from "./pli.ts";
export type { FirEntry, FullIntraRequest } from "./fir.ts";
export type { ReceiverEstimatedMaximumBitrate } from "./remb.ts";
export {
  MAX_FEEDBACK_PACKETS,
  statusOfDelta,
  type TransportFeedback,
  TWCC_DELTA_MICROS,
  TWCC_REFERENCE_MILLIS,
} from "./twcc.ts";
export { PacketStatus } from "./twcc_chunk.ts";
export {
  type CcfbStream,
  type CongestionControlFeedback,
  MAX_ARRIVAL_OFFSET,
  MAX_CCFB_REPORTS,
  type PacketMetric,
  packetMetric,
  packetMetricBlock,
} from "./ccfb.ts";
export type {
  DelaySinceLastReceiverReport,
  DlrrReport,
  ExtendedReport,
  ReceiverReferenceTime,
  UnknownXrBlock,
  XrBlock,
} from "./xr.ts";
export type { UnknownRtcpPacket } from "./unknown.ts";
export { compactNtp, ntpFromUnixMillis, unixMillisFromNtp } from "./ntp.ts";
