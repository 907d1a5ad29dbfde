/**
 * SRTP and SRTCP: RTP and RTCP, encrypted and authenticated (RFC 3711), with keys from DTLS (RFC 5764), by AES in counter mode with
 * HMAC-SHA1 or by AES-GCM (RFC 7714).
 *
 * ```text
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+ <+
 *   |V=2|P|X|  CC   |M|     PT      |       sequence number         |  |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  |
 *   |                timestamp, SSRC, CSRCs, extension              |  |
 * +>+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  |
 * | |                          payload  ...                         |  |
 * | |                               +-------------------------------+  |
 * | |                               | RTP padding   | RTP pad count |  |
 * +>+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+ <+
 * | :                      authentication tag                       :  |
 * | +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  |
 * +- encrypted                                     authenticated ------+
 * ```
 *
 * `key_derivation.ts` makes the keys, `transform/` has the two ciphers, which know nothing of streams; `packet_index.ts` and
 * `streams/` know which packet of a stream is which, `srtp_sender.ts`, `srtcp_sender.ts`, `srtp_receiver.ts` and `srtcp_receiver.ts`
 * join both, and `endpoint.ts` is the layer. Encrypted header extensions (RFC 6904) and master key identifiers are left out: WebRTC
 * has no use for them.
 *
 * @module
 */
export { SrtpEndpoint, type SrtpOptions } from "./endpoint.ts";
export type { SrtpEvent, SrtpState, SrtpStateEvent } from "./event.ts";
export type { SrtpDiscard } from "./discards.ts";
export { keyingMaterialLength, type SrtpKeys } from "./keying_material.ts";
export type { SrtpPacket } from "./packet.ts";
export type { PacketKind } from "./key_derivation.ts";
export { SRTP_PROTECTION_PROFILES, type SrtpProtectionProfile } from "./profiles.ts";
