import { Reader } from "../../core/wire/mod.ts";
import { buildChunk, ChunkType, FLAG_TAG_REFLECTED } from "./chunk.ts";

/**
 * SHUTDOWN (RFC 9260 section 3.3.8).
 *
 * ```text
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   Type = 7    |  Chunk Flags  |          Length = 8           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                      Cumulative TSN Ack                       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function buildShutdown(cumulativeTsnAck: number): Uint8Array<ArrayBuffer> {
  return buildChunk(ChunkType.SHUTDOWN, 0, (writer) => writer.u32(cumulativeTsnAck));
}

/** The cumulative TSN ack in the value of a SHUTDOWN. */
export function parseShutdown(value: Uint8Array): number | undefined {
  const reader = new Reader(value);
  const cumulativeTsnAck = reader.u32();
  return reader.complete ? cumulativeTsnAck : undefined;
}

/** SHUTDOWN ACK (RFC 9260 section 3.3.9): a bare header. */
export function buildShutdownAck(): Uint8Array<ArrayBuffer> {
  return buildChunk(ChunkType.SHUTDOWN_ACK);
}

/** SHUTDOWN COMPLETE (RFC 9260 section 3.3.13): a bare header, whose T bit tells that the tag is reflected. */
export function buildShutdownComplete(tagReflected = false): Uint8Array<ArrayBuffer> {
  return buildChunk(ChunkType.SHUTDOWN_COMPLETE, tagReflected ? FLAG_TAG_REFLECTED : 0);
}
