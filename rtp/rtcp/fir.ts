import { Reader, type Writer } from "../../core/wire/mod.ts";
import { PayloadFeedbackFormat, type RtcpFrame, RtcpType, writeFrame } from "./header.ts";

/** One stream that is to send a key frame. */
export interface FirEntry {
  /** The stream. */
  readonly ssrc: number;
  /** Counts requests, 8 bits: one with the number of the last is a repetition (RFC 5104 section 4.3.1.1). */
  readonly sequence: number;
}

/** Streams that a new receiver needs key frames of (RFC 5104 section 4.3.1). */
export interface FullIntraRequest {
  /** Tells packets from one another. */
  readonly type: "FIR";
  /** Who sends this. */
  readonly senderSsrc: number;
  /** Each stream with its request. */
  readonly entries: readonly FirEntry[];
}

/**
 * Reads a full intra request; undefined if it is cut off.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|  FMT=4  |     PT=206    |             length            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                     SSRC of packet sender                     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                  SSRC of media source = 0                     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                              SSRC                             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | Seq nr.       |    Reserved = 0                               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function parseFullIntraRequest({ body }: RtcpFrame): FullIntraRequest | undefined {
  const reader = new Reader(body);
  const senderSsrc = reader.u32();
  reader.skip(4);
  const entries: FirEntry[] = [];
  while (reader.remaining > 0) {
    entries.push({ ssrc: reader.u32(), sequence: reader.u8() });
    reader.skip(3);
  }
  return reader.ok ? { type: "FIR", senderSsrc, entries } : undefined;
}

/** Writes a full intra request. */
export function writeFullIntraRequest(writer: Writer, packet: FullIntraRequest): void {
  writeFrame(writer, RtcpType.PSFB, PayloadFeedbackFormat.FIR, () => {
    writer.u32(packet.senderSsrc);
    writer.u32(0);
    for (const { ssrc, sequence } of packet.entries) {
      writer.u32(ssrc);
      writer.u8(sequence);
      writer.u24(0);
    }
  });
}
