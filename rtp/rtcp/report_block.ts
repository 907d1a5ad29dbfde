import type { Reader, Writer } from "../../core/wire/mod.ts";

/** What a receiver has to say about one source (RFC 3550 section 6.4.1). */
export interface ReportBlock {
  /** The source. */
  readonly ssrc: number;
  /** Share of packets lost since the last report, in 1/256. */
  readonly fractionLost: number;
  /** Packets lost so far, less duplicates: 24 bits, signed. */
  readonly cumulativeLost: number;
  /** Highest sequence number received, with how often it has wrapped above it: 32 bits. */
  readonly highestSequence: number;
  /** Interarrival jitter in units of the RTP clock. */
  readonly jitter: number;
  /** Middle 32 bits of the NTP timestamp of the last sender report; 0 if there was none. */
  readonly lastSenderReport: number;
  /** Time since then, in 1/65536 s. */
  readonly delaySinceLastSenderReport: number;
}

/**
 * Reads so many report blocks; the reader fails if they are not there.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |                 SSRC_1 (SSRC of first source)                 |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | fraction lost |       cumulative number of packets lost       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           extended highest sequence number received           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                      interarrival jitter                      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         last SR (LSR)                         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                   delay since last SR (DLSR)                  |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * ```
 */
export function readReportBlocks(reader: Reader, count: number): ReportBlock[] {
  const blocks: ReportBlock[] = [];
  for (let i = 0; i < count && reader.ok; i++) {
    blocks.push({
      ssrc: reader.u32(),
      fractionLost: reader.u8(),
      cumulativeLost: reader.u24() << 8 >> 8,
      highestSequence: reader.u32(),
      jitter: reader.u32(),
      lastSenderReport: reader.u32(),
      delaySinceLastSenderReport: reader.u32(),
    });
  }
  return blocks;
}

/** Writes report blocks. A loss that does not fit in 24 bits becomes the nearest that does (RFC 3550 appendix A.3). */
export function writeReportBlocks(writer: Writer, blocks: readonly ReportBlock[]): void {
  for (const block of blocks) {
    writer.u32(block.ssrc);
    writer.u8(block.fractionLost);
    writer.u24(Math.min(Math.max(block.cumulativeLost, -0x80_0000), 0x7f_ffff) & 0xff_ffff);
    writer.u32(block.highestSequence);
    writer.u32(block.jitter);
    writer.u32(block.lastSenderReport);
    writer.u32(block.delaySinceLastSenderReport);
  }
}
