import { parseSdesText, writeSdesText } from "./text.ts";

/** The media description that a packet belongs to (RFC 9143 section 15.2). */
export const MID_URI = "urn:ietf:params:rtp-hdrext:sdes:mid";

/** Reads a media identification tag; undefined if it is none. */
export function parseMid(data: Uint8Array): string | undefined {
  return parseSdesText(data);
}

/** Writes a media identification tag. Throws a RangeError if it is empty or longer than 255 bytes. */
export function writeMid(mid: string): Uint8Array<ArrayBuffer> {
  return writeSdesText(mid);
}
