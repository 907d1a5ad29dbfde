/** The verify_data of a Finished body (RFC 5246 section 7.4.9): 12 bytes in every suite that this side knows. */
export function parseFinished(body: Uint8Array): Uint8Array | undefined {
  return body.length === 12 ? body : undefined;
}
