import type { RTCRtpCodecParameters } from "../rtc_rtp_parameters.ts";
import type { RTCStats, StatsCollector } from "./stats.ts";

/** Of a codec that a stream uses (webrtc-stats section 8.2). */
export interface RTCCodecStats extends RTCStats {
  /** Always this. */
  type: "codec";
  /** 0 to 127. */
  payloadType: number;
  /** The transport on which it has that payload type. */
  transportId: string;
  /** Such as "video/VP8". */
  mimeType: string;
  /** Hertz of the RTP clock. */
  clockRate?: number;
  /** Only for audio. */
  channels?: number;
  /** The parameters of `a=fmtp`. */
  sdpFmtpLine?: string;
}

/** A codec in use. */
export interface InspectedCodec {
  /** The sender or receiver that uses it: what is sent and what is received with a payload type may differ in parameters. */
  readonly user: object;
  readonly codecs: readonly RTCRtpCodecParameters[];
  readonly payloadType: number | undefined;
  readonly transportId: string | undefined;
}

/** Adds the codec of a payload type; returns its id, if there is one. */
export function addCodec(stats: StatsCollector, inspected: InspectedCodec): string | undefined {
  const { user, codecs, payloadType, transportId } = inspected;
  const codec = codecs.find((each) => each.payloadType === payloadType);
  if (codec === undefined || transportId === undefined) return undefined;
  return stats.add<RTCCodecStats>("codec", user, {
    transportId,
    payloadType: codec.payloadType,
    mimeType: codec.mimeType,
    clockRate: codec.clockRate,
    channels: codec.channels,
    sdpFmtpLine: codec.sdpFmtpLine,
  }, { part: codec.payloadType });
}
