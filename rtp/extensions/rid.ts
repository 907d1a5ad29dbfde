import { parseSdesText, writeSdesText } from "./text.ts";

/** Which of several encodings of one source a packet belongs to (RFC 8852 section 3.3). */
export const RID_URI = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";

/** Reads an RtpStreamId, which is letters, digits, `-` and `_` (RFC 8852 section 3.1); undefined if it is none. */
export function parseRid(data: Uint8Array): string | undefined {
  const text = parseSdesText(data);
  return text !== undefined && isRid(text) ? text : undefined;
}

/** Writes an RtpStreamId. Throws a RangeError if it is none. */
export function writeRid(rid: string): Uint8Array<ArrayBuffer> {
  if (!isRid(rid)) throw new RangeError(`"${rid}" is no RtpStreamId`);
  return writeSdesText(rid);
}

/** RFC 8852 section 3.1 has letters and digits only; RFC 8851 section 10 and browsers have `-` and `_` too. */
function isRid(text: string): boolean {
  return /^[\w-]+$/.test(text);
}
