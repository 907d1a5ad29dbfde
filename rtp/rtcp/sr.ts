import { Reader, type Writer } from "../../core/wire/mod.ts";
import { type RtcpFrame, RtcpType, writeFrame } from "./header.ts";
import { readReportBlocks, type ReportBlock, writeReportBlocks } from "./report_block.ts";

/** What a sender has sent, and when its RTP clock was what (RFC 3550 section 6.4.1). */
export interface SenderReport {
  /** Tells packets from one another. */
  readonly type: "SR";
  /** The sender. */
  readonly ssrc: number;
  /** Wall clock: seconds since 1900 in units of 2^-32 s. */
  readonly ntpTimestamp: bigint;
  /** The same moment on the RTP clock. */
  readonly rtpTimestamp: number;
  /** Packets sent since the start, modulo 2^32. */
  readonly packetCount: number;
  /** Payload bytes sent since the start, modulo 2^32. */
  readonly octetCount: number;
  /** About what it receives, at most 31. */
  readonly reports: readonly ReportBlock[];
  /** Profile-specific extensions, which no one here understands. */
  readonly extension?: Uint8Array;
}

/**
 * Reads a sender report; undefined if it is too short for its count.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|    RC   |   PT=SR=200   |             length            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         SSRC of sender                        |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |              NTP timestamp, most significant word             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |             NTP timestamp, least significant word             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         RTP timestamp                         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                     sender's packet count                     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                      sender's octet count                     |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |                        report blocks ...                      |
 * ```
 */
export function parseSenderReport({ count, body }: RtcpFrame): SenderReport | undefined {
  const reader = new Reader(body);
  const report: SenderReport = {
    type: "SR",
    ssrc: reader.u32(),
    ntpTimestamp: reader.u64(),
    rtpTimestamp: reader.u32(),
    packetCount: reader.u32(),
    octetCount: reader.u32(),
    reports: readReportBlocks(reader, count),
  };
  if (!reader.ok) return undefined;
  return reader.remaining === 0 ? report : { ...report, extension: reader.rest() };
}

/** Writes a sender report. Throws a RangeError if it has more than 31 report blocks. */
export function writeSenderReport(writer: Writer, report: SenderReport): void {
  writeFrame(writer, RtcpType.SR, report.reports.length, () => {
    writer.u32(report.ssrc);
    writer.u64(report.ntpTimestamp);
    writer.u32(report.rtpTimestamp);
    writer.u32(report.packetCount);
    writer.u32(report.octetCount);
    writeReportBlocks(writer, report.reports);
    if (report.extension !== undefined) writer.bytes(report.extension);
  });
}
