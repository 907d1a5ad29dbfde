import { parseRid, writeRid } from "./rid.ts";

/** Which encoding a packet of a repair stream (RTX or FEC) repairs (RFC 8852 section 3.3). */
export const REPAIRED_RID_URI = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";

/** Reads a RepairedRtpStreamId; undefined if it is none. */
export function parseRepairedRid(data: Uint8Array): string | undefined {
  return parseRid(data);
}

/** Writes a RepairedRtpStreamId. Throws a RangeError if it is none. */
export function writeRepairedRid(rid: string): Uint8Array<ArrayBuffer> {
  return writeRid(rid);
}
