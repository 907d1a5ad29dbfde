import { Reader, type Writer } from "../../core/wire/mod.ts";
import { PayloadFeedbackFormat, type RtcpFrame, RtcpType, writeFrame } from "./header.ts";

/** The name of this feedback among that of other applications: "REMB" in ASCII. */
export const REMB_IDENTIFIER = 0x52454d42;

const MAX_MANTISSA = 2 ** 18 - 1;
const MAX_EXPONENT = 63;

/** What a receiver thinks the path carries (draft-alvestrand-rmcat-remb-03 section 2). */
export interface ReceiverEstimatedMaximumBitrate {
  /** Tells packets from one another. */
  readonly type: "REMB";
  /** Who sends this. */
  readonly senderSsrc: number;
  /** All streams together, in bits per second. A peer can claim anything up to 2^81. */
  readonly bitrate: number;
  /** The streams, at most 255. */
  readonly ssrcs: readonly number[];
}

/**
 * Reads a REMB; undefined if it is another application's feedback, or too short for its count.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P| FMT=15  |   PT=206      |             length            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                     SSRC of packet sender                     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                  SSRC of media source = 0                     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Unique identifier 'R' 'E' 'M' 'B'                            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Num SSRC     | BR Exp    |  BR Mantissa                      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   SSRC feedback                                               |
 * /                              ...                              /
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function parseReceiverEstimatedMaximumBitrate(
  { body }: RtcpFrame,
): ReceiverEstimatedMaximumBitrate | undefined {
  const reader = new Reader(body);
  const senderSsrc = reader.u32();
  reader.skip(4);
  if (reader.u32() !== REMB_IDENTIFIER) return undefined;
  const count = reader.u8();
  const rate = reader.u24();
  const bitrate = (rate & MAX_MANTISSA) * 2 ** (rate >> 18);
  const ssrcs: number[] = [];
  for (let i = 0; i < count && reader.ok; i++) ssrcs.push(reader.u32());
  return reader.complete ? { type: "REMB", senderSsrc, bitrate, ssrcs } : undefined;
}

/** Writes a REMB, with the bit rate rounded down to 18 significant bits. Throws a RangeError if it has more than 255 streams. */
export function writeReceiverEstimatedMaximumBitrate(
  writer: Writer,
  { senderSsrc, bitrate, ssrcs }: ReceiverEstimatedMaximumBitrate,
): void {
  if (ssrcs.length > 255) throw new RangeError(`${ssrcs.length} streams in a REMB`);
  let exponent = 0;
  let mantissa = Math.max(bitrate, 0);
  while (mantissa >= MAX_MANTISSA + 1 && exponent < MAX_EXPONENT) {
    mantissa /= 2;
    exponent++;
  }
  writeFrame(writer, RtcpType.PSFB, PayloadFeedbackFormat.AFB, () => {
    writer.u32(senderSsrc);
    writer.u32(0);
    writer.u32(REMB_IDENTIFIER);
    writer.u8(ssrcs.length);
    writer.u24(exponent << 18 | Math.min(Math.floor(mantissa), MAX_MANTISSA));
    for (const ssrc of ssrcs) writer.u32(ssrc);
  });
}
