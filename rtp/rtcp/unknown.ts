import type { Writer } from "../../core/wire/mod.ts";
import { type RtcpFrame, writeFrame } from "./header.ts";

/** A packet of a type or format that no one here understands. */
export interface UnknownRtcpPacket {
  /** Tells packets from one another. */
  readonly type: "unknown";
  /** PT, 192 to 223. */
  readonly packetType: number;
  /** Count, subtype or format. */
  readonly count: number;
  /** What follows the header. */
  readonly body: Uint8Array;
}

/** Keeps a packet as it is. */
export function parseUnknown({ packetType, count, body }: RtcpFrame): UnknownRtcpPacket {
  return { type: "unknown", packetType, count, body };
}

/** Writes a packet that was kept as it is. */
export function writeUnknown(writer: Writer, packet: UnknownRtcpPacket): void {
  writeFrame(writer, packet.packetType, packet.count, () => writer.bytes(packet.body));
}
