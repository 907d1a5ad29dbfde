import type { RTCStats } from "./stats.ts";

/** Of any RTP stream (webrtc-stats section 8.1). */
export interface RTCRtpStreamStats extends RTCStats {
  /** The synchronization source. */
  ssrc: number;
  /** What it carries. */
  kind: "audio" | "video";
  /** The transport that it goes over. */
  transportId?: string;
  /** The codec of its last frame; missing before there is one. */
  codecId?: string;
}

/** Of a stream at the end that receives it (webrtc-stats section 8.3). */
export interface RTCReceivedRtpStreamStats extends RTCRtpStreamStats {
  /** Packets received, with those that came twice. */
  packetsReceived: number;
  /** Packets that RFC 8888 reports have called lost; only where these were negotiated. */
  packetsReportedAsLost?: number;
  /** Those of them that a later report has told of as arrived; only where these were negotiated. */
  packetsReportedAsLostButRecovered?: number;
  /** Packets lost so far, less duplicates: may be negative (RFC 3550 section 6.4.1). */
  packetsLost: number;
  /** Seconds (RFC 3550 section 6.4.1). */
  jitter: number;
}

/** Of a stream at the end that sends it (webrtc-stats section 8.6). */
export interface RTCSentRtpStreamStats extends RTCRtpStreamStats {
  /** Packets sent. */
  packetsSent: number;
  /** Bytes of their payload. */
  bytesSent: number;
}

/** A stream's place: what its statistics refer to. */
export interface StreamPlace {
  readonly kind: "audio" | "video";
  readonly mid: string | null;
  readonly transportId: string | undefined;
}
