import { add16, diff16, Reader, type Writer } from "../../core/wire/mod.ts";
import { type RtcpFrame, RtcpType, TransportFeedbackFormat, writeFrame } from "./header.ts";

/** The most packets that one NACK can name: who lacks more than that is better served by a key frame, and libwebrtc gives up at 1000. */
export const MAX_NACKED = 1024;

/** Packets that a receiver misses (RFC 4585 section 6.2.1). */
export interface Nack {
  /** Tells packets from one another. */
  readonly type: "NACK";
  /** Who sends this. */
  readonly senderSsrc: number;
  /** The stream that lacks packets. */
  readonly mediaSsrc: number;
  /** Their sequence numbers, in the order in which they are named. */
  readonly lost: readonly number[];
}

/**
 * Reads a generic NACK; undefined if it is cut off or names more than {@linkcode MAX_NACKED} packets.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|  FMT=1  |     PT=205    |             length            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                     SSRC of packet sender                     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                     SSRC of media source                      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |            PID                |             BLP               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function parseNack({ body }: RtcpFrame): Nack | undefined {
  const reader = new Reader(body);
  const senderSsrc = reader.u32();
  const mediaSsrc = reader.u32();
  const lost: number[] = [];
  while (reader.remaining > 0) {
    const packetId = reader.u16();
    const bitmask = reader.u16();
    lost.push(packetId);
    for (let i = 0; i < 16; i++) {
      if ((bitmask >> i & 1) !== 0) lost.push(add16(packetId, i + 1));
    }
    if (lost.length > MAX_NACKED) return undefined;
  }
  return reader.ok ? { type: "NACK", senderSsrc, mediaSsrc, lost } : undefined;
}

/** Writes a generic NACK, seventeen neighbours to an item at best: `lost` has to rise. */
export function writeNack(writer: Writer, { senderSsrc, mediaSsrc, lost }: Nack): void {
  writeFrame(writer, RtcpType.RTPFB, TransportFeedbackFormat.NACK, () => {
    writer.u32(senderSsrc);
    writer.u32(mediaSsrc);
    for (let i = 0; i < lost.length;) {
      const packetId = lost[i++]!;
      let bitmask = 0;
      for (; i < lost.length; i++) {
        const ahead = diff16(lost[i]!, packetId);
        if (ahead < 1 || ahead > 16) break;
        bitmask |= 1 << (ahead - 1);
      }
      writer.u16(packetId);
      writer.u16(bitmask);
    }
  });
}
