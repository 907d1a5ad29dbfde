import { Reader, type Writer } from "../../core/wire/mod.ts";
import { type RtcpFrame, RtcpType, TransportFeedbackFormat, writeFrame } from "./header.ts";
import { PacketStatus, readChunks, writeChunks } from "./twcc_chunk.ts";

/** The most packets that feedback can be about: half of all sequence numbers, since with more no one knows which is meant. */
export const MAX_FEEDBACK_PACKETS = 0x8000;

/** Microseconds in a unit of {@linkcode TransportFeedback.deltas}. */
export const TWCC_DELTA_MICROS = 250;

/** Milliseconds in a unit of {@linkcode TransportFeedback.referenceTime}. */
export const TWCC_REFERENCE_MILLIS = 64;

/** When each packet of a transport arrived (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1). */
export interface TransportFeedback {
  /** Tells packets from one another. */
  readonly type: "TWCC";
  /** Who sends this. */
  readonly senderSsrc: number;
  /** The stream that it is about. */
  readonly mediaSsrc: number;
  /** Transport-wide sequence number of the first packet, 16 bits. */
  readonly baseSequence: number;
  /** What the first delta counts from, in units of 64 ms of the receiver's clock: 24 bits, signed. */
  readonly referenceTime: number;
  /** Counts feedback packets, 8 bits. */
  readonly feedbackCount: number;
  /** For each packet from the first one on, one of {@linkcode PacketStatus}. */
  readonly statuses: Uint8Array;
  /** For each packet, if it has one, the time since the one before that has one, in units of 250 us; else 0. */
  readonly deltas: Int16Array;
}

/**
 * Reads transport-wide feedback; undefined if chunks or deltas are missing, or it is about more than {@linkcode MAX_FEEDBACK_PACKETS}.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|  FMT=15 |    PT=205     |           length              |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                     SSRC of packet sender                     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                      SSRC of media source                     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |      base sequence number     |      packet status count      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                 reference time                | fb pkt. count |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |          packet chunk         |         packet chunk          |
 * /                              ...                              /
 * |         packet chunk          |  recv delta   |  recv delta   |
 * /                              ...                              /
 * |           recv delta          |  recv delta   | zero padding  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function parseTransportFeedback({ padded }: RtcpFrame): TransportFeedback | undefined {
  // Deviation: the count of packets says where feedback ends; there are senders whose padding claims to begin before that.
  const reader = new Reader(padded);
  const senderSsrc = reader.u32();
  const mediaSsrc = reader.u32();
  const baseSequence = reader.u16();
  const count = reader.u16();
  const referenceTime = reader.u24() << 8 >> 8;
  const feedbackCount = reader.u8();
  if (!reader.ok || count > MAX_FEEDBACK_PACKETS) return undefined;
  const statuses = new Uint8Array(count);
  readChunks(reader, statuses);
  const deltas = new Int16Array(count);
  for (let i = 0; i < count && reader.ok; i++) {
    if (statuses[i] === PacketStatus.SMALL_DELTA) deltas[i] = reader.u8();
    else if (statuses[i] === PacketStatus.LARGE_DELTA) deltas[i] = reader.u16();
  }
  if (!reader.ok) return undefined;
  return {
    ...{ type: "TWCC", senderSsrc, mediaSsrc, baseSequence, referenceTime, feedbackCount },
    statuses,
    deltas,
  };
}

/** Writes transport-wide feedback. Throws a RangeError if it is about too many packets. */
export function writeTransportFeedback(writer: Writer, feedback: TransportFeedback): void {
  const { statuses, deltas } = feedback;
  if (statuses.length > MAX_FEEDBACK_PACKETS) {
    throw new RangeError(`Feedback on ${statuses.length} packets`);
  }
  writeFrame(writer, RtcpType.RTPFB, TransportFeedbackFormat.TWCC, () => {
    writer.u32(feedback.senderSsrc);
    writer.u32(feedback.mediaSsrc);
    writer.u16(feedback.baseSequence);
    writer.u16(statuses.length);
    writer.u24(feedback.referenceTime & 0xff_ffff);
    writer.u8(feedback.feedbackCount);
    writeChunks(writer, statuses);
    for (let i = 0; i < statuses.length; i++) {
      if (statuses[i] === PacketStatus.SMALL_DELTA) writer.u8(deltas[i]!);
      else if (statuses[i] === PacketStatus.LARGE_DELTA) writer.u16(deltas[i]! & 0xffff);
    }
  });
}

/** The status that a received packet with this delta, in units of 250 us, has; undefined if feedback can't say so much at once. */
export function statusOfDelta(delta: number): number | undefined {
  if (delta >= 0 && delta <= 0xff) return PacketStatus.SMALL_DELTA;
  return delta >= -0x8000 && delta <= 0x7fff ? PacketStatus.LARGE_DELTA : undefined;
}
