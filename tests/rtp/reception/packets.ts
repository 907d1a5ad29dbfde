import { createRtpPacket, type RtpPacket } from "../../../rtp/mod.ts";

/** A packet of stream 7, of which only this matters. */
export function packet(
  sequenceNumber: number,
  init: Partial<RtpPacket> = {},
): RtpPacket {
  return createRtpPacket({
    payloadType: 96,
    ssrc: 7,
    timestamp: 0,
    payload: Uint8Array.of(1, 2, 3, 4),
    ...init,
    sequenceNumber: sequenceNumber & 0xffff,
  });
}

/** The numbers from `from` up to, not including, `to`. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
