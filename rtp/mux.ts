/**
 * Whether a packet of a flow that carries both RTP and RTCP is RTCP (RFC 5761 section 4): its second byte is 192 to 223, where RTP would
 * have the marker and a payload type of 64 to 95, which are therefore never assigned.
 *
 * @example
 * ```ts
 * import { isRtcp } from "@heron/webrtc/rtp";
 * import { assert } from "@std/assert";
 *
 * assert(isRtcp(Uint8Array.of(0x80, 201, 0, 1)));
 * assert(!isRtcp(Uint8Array.of(0x80, 96, 0, 1)));
 * ```
 */
export function isRtcp(bytes: Uint8Array): boolean {
  const type = bytes[1];
  return type !== undefined && type >= 192 && type <= 223;
}
