/**
 * Google congestion control (draft-ietf-rmcat-gcc-02), as senders of media use it.
 *
 * What leaves goes through a {@linkcode Pacer}; what feedback says of it goes into {@linkcode SendSideBandwidthEstimation}, which is
 * put together from small parts: `FeedbackAdapter` (feedback becomes packet results) -> `DelayBasedEstimator` (`InterArrival` ->
 * `TrendlineEstimator` -> `OveruseDetector` -> `AimdRateControl` with `LinkCapacityEstimator`), `LossBasedController`,
 * `AcknowledgedBitrateEstimator`, `RoundTripTime`, `ProbeController` with `ProbeBitrateEstimator`, `ReceiverLimit` (REMB) and
 * `FeedbackWatchdog`.
 */
export {
  type CongestionEvent,
  type CongestionOptions,
  SendSideBandwidthEstimation,
  START_BITRATE,
} from "./send_side_bandwidth_estimation.ts";
export type { ArrivalReports } from "./arrival_reports.ts";
export type { CongestionDiscard, TransportPacket } from "./feedback_adapter.ts";
export { MAX_BITRATE, MIN_BITRATE } from "./bitrate_range.ts";
export type { ProbeCluster } from "./probe_cluster.ts";
export {
  BURST_INTERVAL,
  MAX_LATENESS,
  MAX_PACED_BYTES,
  MAX_PACED_PACKETS,
  Pacer,
  type PacerPriority,
  PACING_FACTOR,
} from "./pacer.ts";
