/** The last index of an SRTP packet: 32 bits of roll-over counter, 16 bits of sequence number (RFC 3711 section 9.2). */
export const MAX_SRTP_INDEX = 2 ** 48 - 1;
/** The last index of an SRTCP packet (RFC 3711 section 9.2). */
export const MAX_SRTCP_INDEX = 2 ** 31 - 1;

/**
 * The index of a packet by its sequence number, which is its last 16 bits: the one that is closest to the highest index so far, as
 * RFC 3711 section 3.3.1 and its appendix A have it. Their ROC and s_l are the parts of `highest`.
 *
 * ```text
 *    48 bits: |          ROC (32)           |  SEQ (16)   |
 * ```
 *
 * @param highest the highest index of the stream that was sent, or proved authentic; -1 before the first
 * @returns an index, which may be above {@linkcode MAX_SRTP_INDEX}
 */
export function estimateIndex(highest: number, sequenceNumber: number): number {
  if (highest < 0) return sequenceNumber;
  const sL = highest % 0x10000;
  const index = highest - sL + sequenceNumber; // v = ROC
  if (sL - sequenceNumber > 0x8000) return index + 0x10000; // v = ROC + 1
  // v = ROC - 1; but before the first roll-over there was nothing
  if (sequenceNumber - sL > 0x8000 && index >= 0x10000) return index - 0x10000;
  return index;
}
