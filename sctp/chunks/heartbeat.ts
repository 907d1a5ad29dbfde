import { buildChunk, ChunkType } from "./chunk.ts";
import { ParameterType, parseParameters, writeParameter } from "./parameter.ts";

/**
 * HEARTBEAT (RFC 9260 section 3.3.5), whose parameter only its sender understands.
 *
 * ```text
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   Type = 4    |  Chunk Flags  |       Heartbeat Length        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |    Heartbeat Info Type = 1    |         HB Info Length        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * /               Sender-Specific Heartbeat Info                  /
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function buildHeartbeat(info: Uint8Array): Uint8Array<ArrayBuffer> {
  return buildChunk(
    ChunkType.HEARTBEAT,
    0,
    (writer) => writeParameter(writer, ParameterType.HEARTBEAT_INFO, () => writer.bytes(info)),
  );
}

/** HEARTBEAT ACK (RFC 9260 section 3.3.6): the HEARTBEAT's value, returned unchanged. */
export function buildHeartbeatAck(value: Uint8Array): Uint8Array<ArrayBuffer> {
  return buildChunk(ChunkType.HEARTBEAT_ACK, 0, (writer) => writer.bytes(value));
}

/** The info in the value of a HEARTBEAT or HEARTBEAT ACK; undefined if there is none. */
export function parseHeartbeat(value: Uint8Array): Uint8Array | undefined {
  const [first] = parseParameters(value) ?? [];
  return first?.type === ParameterType.HEARTBEAT_INFO ? first.value : undefined;
}
