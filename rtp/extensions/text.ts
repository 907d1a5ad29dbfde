const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of an RTCP SDES item that travels in a header extension (RFC 7941 section 4.1.1); undefined if it is empty or no UTF-8. */
export function parseSdesText(data: Uint8Array): string | undefined {
  if (data.length === 0) return undefined;
  try {
    return decoder.decode(data);
  } catch {
    return undefined;
  }
}

/** Writes the text of an SDES item. Throws a RangeError if it is empty or longer than 255 bytes. */
export function writeSdesText(text: string): Uint8Array<ArrayBuffer> {
  const bytes = encoder.encode(text);
  if (bytes.length === 0 || bytes.length > 255) {
    throw new RangeError(`An SDES text of ${bytes.length} bytes`);
  }
  return bytes;
}
