import { buildChunk, ChunkType } from "./chunk.ts";

/**
 * COOKIE ECHO (RFC 9260 section 3.3.11): the state cookie of the INIT ACK, returned unchanged.
 *
 * ```text
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   Type = 10   |  Chunk Flags  |            Length             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * /                            Cookie                             /
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function buildCookieEcho(cookie: Uint8Array): Uint8Array<ArrayBuffer> {
  return buildChunk(ChunkType.COOKIE_ECHO, 0, (writer) => writer.bytes(cookie));
}

/** COOKIE ACK (RFC 9260 section 3.3.12): a bare header. */
export function buildCookieAck(): Uint8Array<ArrayBuffer> {
  return buildChunk(ChunkType.COOKIE_ACK);
}
