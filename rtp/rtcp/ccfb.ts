import { Reader, type Writer } from "../../core/wire/mod.ts";
import { type RtcpFrame, RtcpType, TransportFeedbackFormat, writeFrame } from "./header.ts";

/** The most packets of one stream that a report can be about (RFC 8888 section 3.1). */
export const MAX_CCFB_REPORTS = 16384;

/** The longest arrival time offset that can be said; the value above it stands for "unavailable" (RFC 8888 section 3.1). */
export const MAX_ARRIVAL_OFFSET = 0x1ffd;

/** What became of one packet. */
export interface PacketMetric {
  /** Whether it arrived. */
  readonly received: boolean;
  /** Its two ECN bits on arrival; 0 if it did not. */
  readonly ecn: number;
  /** How long before the report it arrived, in 1/1024 s; 0x1FFE for longer than can be said, 0x1FFF for unknown. */
  readonly arrivalOffset: number;
}

/** The packets of one stream. */
export interface CcfbStream {
  /** The stream. */
  readonly ssrc: number;
  /** Sequence number of the first packet. */
  readonly beginSequence: number;
  /** A metric block for each packet from there on: see {@linkcode packetMetric}. */
  readonly metrics: Uint16Array;
}

/** Congestion control feedback (RFC 8888). */
export interface CongestionControlFeedback {
  /** Tells packets from one another. */
  readonly type: "CCFB";
  /** Who sends this. */
  readonly senderSsrc: number;
  /** Each stream with its packets. */
  readonly streams: readonly CcfbStream[];
  /** When the report was made: middle 32 bits of an NTP timestamp. */
  readonly reportTimestamp: number;
}

/**
 * Takes a packet metric block apart.
 *
 * ```text
 *  0                   1
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |R|ECN|  Arrival time offset    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function packetMetric(block: number): PacketMetric {
  return { received: block >> 15 === 1, ecn: block >> 13 & 3, arrivalOffset: block & 0x1fff };
}

/** Puts a packet metric block together; of a packet that did not arrive it says nothing else. */
export function packetMetricBlock({ received, ecn, arrivalOffset }: PacketMetric): number {
  return received ? 0x8000 | (ecn & 3) << 13 | arrivalOffset & 0x1fff : 0;
}

/**
 * Reads congestion control feedback; undefined if the counts do not agree with its length.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P| FMT=11  |   PT = 205    |          length               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                 SSRC of RTCP packet sender                    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                   SSRC of 1st RTP stream                      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |          begin_seq            |          num_reports          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |R|ECN|  Arrival time offset    | ...                           .
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * .                                                               .
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                 Report Timestamp (32 bits)                    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function parseCongestionControlFeedback(
  { body }: RtcpFrame,
): CongestionControlFeedback | undefined {
  const reader = new Reader(body);
  const senderSsrc = reader.u32();
  const streams: CcfbStream[] = [];
  while (reader.ok && reader.remaining > 4) {
    const ssrc = reader.u32();
    const beginSequence = reader.u16();
    const count = reader.u16();
    if (count > MAX_CCFB_REPORTS || 2 * count > reader.remaining) return undefined;
    const metrics = new Uint16Array(count);
    for (let i = 0; i < count; i++) metrics[i] = reader.u16();
    if (count % 2 === 1) reader.skip(2);
    streams.push({ ssrc, beginSequence, metrics });
  }
  const reportTimestamp = reader.u32();
  return reader.complete ? { type: "CCFB", senderSsrc, streams, reportTimestamp } : undefined;
}

/** Writes congestion control feedback. Throws a RangeError if a report is about more than 16384 packets. */
export function writeCongestionControlFeedback(
  writer: Writer,
  packet: CongestionControlFeedback,
): void {
  writeFrame(writer, RtcpType.RTPFB, TransportFeedbackFormat.CCFB, () => {
    writer.u32(packet.senderSsrc);
    for (const { ssrc, beginSequence, metrics } of packet.streams) {
      if (metrics.length > MAX_CCFB_REPORTS) throw new RangeError(`${metrics.length} reports`);
      writer.u32(ssrc);
      writer.u16(beginSequence);
      writer.u16(metrics.length);
      for (const block of metrics) writer.u16(block);
      // RFC 8888 section 3.1: an odd number of blocks is padded with zeros.
      if (metrics.length % 2 === 1) writer.u16(0);
    }
    writer.u32(packet.reportTimestamp);
  });
}
