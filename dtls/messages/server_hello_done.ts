/** Whether the body is that of a ServerHelloDone: it has no content (RFC 5246 section 7.4.5). */
export function isServerHelloDone(body: Uint8Array): boolean {
  return body.length === 0;
}
