import { Reader, type Writer } from "../../core/wire/mod.ts";
import { type RtcpFrame, RtcpType, writeFrame } from "./header.ts";

/** Block types of extended reports (RFC 3611 section 4). */
const RRTR = 4;
const DLRR = 5;

/** The wall clock of a receiver, so that it can measure the round trip without sending media (RFC 3611 section 4.4). */
export interface ReceiverReferenceTime {
  /** Tells blocks from one another. */
  readonly type: "RRTR";
  /** Seconds since 1900 in units of 2^-32 s. */
  readonly ntpTimestamp: bigint;
}

/** The answer to one receiver's reference time. */
export interface DlrrReport {
  /** The receiver. */
  readonly ssrc: number;
  /** Middle 32 bits of the NTP timestamp of its last RRTR; 0 if there was none. */
  readonly lastReceiverReport: number;
  /** Time since then, in 1/65536 s. */
  readonly delaySinceLastReceiverReport: number;
}

/** Answers to reference times (RFC 3611 section 4.5). */
export interface DelaySinceLastReceiverReport {
  /** Tells blocks from one another. */
  readonly type: "DLRR";
  /** One for each receiver. */
  readonly reports: readonly DlrrReport[];
}

/** A block that no one here understands. */
export interface UnknownXrBlock {
  /** Tells blocks from one another. */
  readonly type: "unknown";
  /** BT, 8 bits. */
  readonly blockType: number;
  /** One byte whose meaning depends on the type. */
  readonly typeSpecific: number;
  /** A multiple of four bytes. */
  readonly data: Uint8Array;
}

/** A block of an extended report. */
export type XrBlock = ReceiverReferenceTime | DelaySinceLastReceiverReport | UnknownXrBlock;

/** An extended report (RFC 3611 section 2). */
export interface ExtendedReport {
  /** Tells packets from one another. */
  readonly type: "XR";
  /** Who reports. */
  readonly ssrc: number;
  /** In their order. */
  readonly blocks: readonly XrBlock[];
}

/**
 * Reads an extended report; undefined if a block does not fit in or has a length that its type can't have.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|reserved |   PT=XR=207   |             length            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                              SSRC                             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |      BT       | type-specific |         block length          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * :             type-specific block contents                      :
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function parseExtendedReport({ body }: RtcpFrame): ExtendedReport | undefined {
  const reader = new Reader(body);
  const ssrc = reader.u32();
  const blocks: XrBlock[] = [];
  while (reader.remaining > 0) {
    const blockType = reader.u8();
    const typeSpecific = reader.u8();
    const data = reader.bytes(4 * reader.u16());
    const block = reader.ok ? parseBlock(blockType, typeSpecific, data) : undefined;
    if (block === undefined) return undefined;
    blocks.push(block);
  }
  return reader.ok ? { type: "XR", ssrc, blocks } : undefined;
}

/** Writes an extended report. */
export function writeExtendedReport(writer: Writer, report: ExtendedReport): void {
  writeFrame(writer, RtcpType.XR, 0, () => {
    writer.u32(report.ssrc);
    for (const block of report.blocks) writeBlock(writer, block);
  });
}

function parseBlock(
  blockType: number,
  typeSpecific: number,
  data: Uint8Array,
): XrBlock | undefined {
  switch (blockType) {
    case RRTR:
      return data.length === 8 ? { type: "RRTR", ntpTimestamp: new Reader(data).u64() } : undefined;
    case DLRR:
      return parseDlrr(data);
    default:
      return { type: "unknown", blockType, typeSpecific, data };
  }
}

function parseDlrr(data: Uint8Array): DelaySinceLastReceiverReport | undefined {
  const reader = new Reader(data);
  const reports: DlrrReport[] = [];
  while (reader.remaining > 0) {
    reports.push({
      ssrc: reader.u32(),
      lastReceiverReport: reader.u32(),
      delaySinceLastReceiverReport: reader.u32(),
    });
  }
  return reader.ok ? { type: "DLRR", reports } : undefined;
}

function writeBlock(writer: Writer, block: XrBlock): void {
  switch (block.type) {
    case "RRTR":
      writeBlockHeader(writer, RRTR, 0, 2);
      writer.u64(block.ntpTimestamp);
      break;
    case "DLRR":
      writeBlockHeader(writer, DLRR, 0, 3 * block.reports.length);
      for (const report of block.reports) {
        writer.u32(report.ssrc);
        writer.u32(report.lastReceiverReport);
        writer.u32(report.delaySinceLastReceiverReport);
      }
      break;
    case "unknown":
      writeBlockHeader(writer, block.blockType, block.typeSpecific, block.data.length / 4);
      writer.bytes(block.data);
  }
}

function writeBlockHeader(
  writer: Writer,
  blockType: number,
  typeSpecific: number,
  words: number,
): void {
  if (!Number.isInteger(words)) throw new RangeError("A block is a multiple of four bytes");
  writer.u8(blockType);
  writer.u8(typeSpecific);
  writer.u16(words);
}
