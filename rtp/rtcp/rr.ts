import { Reader, type Writer } from "../../core/wire/mod.ts";
import { type RtcpFrame, RtcpType, writeFrame } from "./header.ts";
import { readReportBlocks, type ReportBlock, writeReportBlocks } from "./report_block.ts";

/** The report of who sends nothing itself (RFC 3550 section 6.4.2). */
export interface ReceiverReport {
  /** Tells packets from one another. */
  readonly type: "RR";
  /** Who reports. */
  readonly ssrc: number;
  /** At most 31. */
  readonly reports: readonly ReportBlock[];
  /** Profile-specific extensions, which no one here understands. */
  readonly extension?: Uint8Array;
}

/**
 * Reads a receiver report; undefined if it is too short for its count.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|    RC   |   PT=RR=201   |             length            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                     SSRC of packet sender                     |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |                        report blocks ...                      |
 * ```
 */
export function parseReceiverReport({ count, body }: RtcpFrame): ReceiverReport | undefined {
  const reader = new Reader(body);
  const report: ReceiverReport = {
    type: "RR",
    ssrc: reader.u32(),
    reports: readReportBlocks(reader, count),
  };
  if (!reader.ok) return undefined;
  return reader.remaining === 0 ? report : { ...report, extension: reader.rest() };
}

/** Writes a receiver report. Throws a RangeError if it has more than 31 report blocks. */
export function writeReceiverReport(writer: Writer, report: ReceiverReport): void {
  writeFrame(writer, RtcpType.RR, report.reports.length, () => {
    writer.u32(report.ssrc);
    writeReportBlocks(writer, report.reports);
    if (report.extension !== undefined) writer.bytes(report.extension);
  });
}
