/** Receiving RTP: what arrives, what is missing, when it plays, and what to report of it. */
export { MAX_DROPOUT, MAX_MISORDER, MIN_SEQUENTIAL, SourceSequence } from "./source_sequence.ts";
export { InterarrivalJitter } from "./interarrival_jitter.ts";
export { delayUnits, MAX_ROUND_TRIP, RoundTrip, roundTripOf } from "./round_trip.ts";
export { NtpClock } from "./ntp_clock.ts";
export { MAX_REFERENCE_RECEIVERS, ReceiverReference } from "./receiver_reference.ts";
export {
  type ReceivedPacket,
  ReceptionStatistics,
  type RemoteClock,
} from "./reception_statistics.ts";
export {
  DEFAULT_NACK_RTT,
  MAX_MISSING,
  MAX_NACK_RETRIES,
  NACK_REORDER_DELAY,
  NackGenerator,
  type NackOptions,
} from "./nack_generator.ts";
export { MAX_BUFFER_DELAY, PlayoutClock } from "./playout_clock.ts";
export {
  type BufferedItem,
  type BufferedPacket,
  DEFAULT_MAX_WAIT,
  JitterBuffer,
  type JitterBufferDiscard,
  type JitterBufferOptions,
  MAX_BUFFERED_BYTES,
  MAX_BUFFERED_PACKETS,
  type PacketGap,
} from "./jitter_buffer.ts";
export {
  type ArrivalDiscard,
  FEEDBACK_INTERVAL,
  FEEDBACK_REACH,
  FEEDBACK_WINDOW,
  MAX_RECEIVED_PER_FEEDBACK,
  TransportFeedbackGenerator,
} from "./transport_feedback_generator.ts";
export {
  CCFB_WINDOW,
  CongestionFeedbackGenerator,
  MAX_CCFB_METRICS,
  MAX_CCFB_REPORTS_AT_ONCE,
  MAX_CCFB_STREAMS,
  type ReportedLosses,
} from "./congestion_feedback_generator.ts";
export { ReceiveStream, type ReceiveStreamOptions } from "./receive_stream.ts";
export { ReceiverEstimator } from "./receiver_estimator.ts";
