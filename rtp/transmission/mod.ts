/** Sending RTP: sequence numbers and reports, sending again what was lost, and when to send RTCP. */
export { type SendInit, SendStream, type SendStreamOptions } from "./send_stream.ts";
export {
  type CachedPacket,
  DEFAULT_HISTORY_AGE,
  MAX_HISTORY_BYTES,
  MAX_HISTORY_PACKETS,
  PacketHistory,
} from "./packet_history.ts";
export { RateLimit } from "./rate_limit.ts";
export {
  DEFAULT_RETRANSMISSION_BITRATE,
  MAX_RETRANSMISSIONS,
  type RetransmissionDiscard,
  Retransmitter,
  type RetransmitterOptions,
} from "./retransmitter.ts";
export { RemoteInbound, type RemoteInboundDiscard } from "./remote_inbound.ts";
export {
  COMPENSATION,
  deterministicInterval,
  type IntervalParameters,
  randomInterval,
  SENDER_BANDWIDTH_FRACTION,
} from "./rtcp_interval.ts";
export { MAX_MEMBERS, MemberTable } from "./member_table.ts";
export {
  DEFAULT_REPORT_INTERVAL,
  DEFAULT_RTCP_BANDWIDTH,
  type RtcpOccasion,
  RtcpScheduler,
  type RtcpSchedulerOptions,
} from "./rtcp_scheduler.ts";
export {
  composeRtcp,
  MAX_NACKED_PER_PACKET,
  MAX_RTCP_ITEMS,
  MAX_RTCP_SIZE,
  nacksFor,
  type RtcpContents,
} from "./rtcp_composer.ts";
