import type { RtpPacket } from "../packet.ts";

/** A retransmission stream, by what its packets differ in from those which they repeat. */
export interface RtxStream {
  /** The stream. */
  readonly ssrc: number;
  /** Payload type, 0 to 127. */
  readonly payloadType: number;
}

/**
 * The packet that repeats another in a stream of its own, under the sequence number that this stream is at (RFC 4588 section 4).
 *
 * ```text
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         RTP Header                            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |            OSN                |                               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               |
 * |                  Original RTP Packet Payload                  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function encapsulateRtx(
  original: RtpPacket,
  stream: RtxStream,
  sequenceNumber: number,
): RtpPacket {
  const payload = new Uint8Array(2 + original.payload.length);
  payload[0] = original.sequenceNumber >> 8;
  payload[1] = original.sequenceNumber;
  payload.set(original.payload, 2);
  const { ssrc, payloadType } = stream;
  return { ...original, ssrc, payloadType, sequenceNumber, payload };
}

/**
 * The packet that a retransmission repeats, in the stream `original`; undefined if it repeats none: then it is padding, which
 * bandwidth estimation sends.
 */
export function decapsulateRtx(packet: RtpPacket, original: RtxStream): RtpPacket | undefined {
  const { payload } = packet;
  if (payload.length < 2) return undefined;
  return {
    ...packet,
    ssrc: original.ssrc,
    payloadType: original.payloadType,
    sequenceNumber: payload[0]! << 8 | payload[1]!,
    payload: payload.subarray(2),
    padding: packet.padding.subarray(0, 0),
  };
}
