import type { Writer } from "../../core/wire/mod.ts";
import { buildChunk, ChunkType, FLAG_TAG_REFLECTED } from "./chunk.ts";
import { type Parameter, parseParameters, writeParameter } from "./parameter.ts";

/** Cause codes of ABORT and ERROR chunks (RFC 9260 section 3.3.10). */
export const CauseCode = {
  INVALID_STREAM_IDENTIFIER: 1,
  MISSING_MANDATORY_PARAMETER: 2,
  STALE_COOKIE: 3,
  OUT_OF_RESOURCE: 4,
  UNRECOGNIZED_CHUNK_TYPE: 6,
  INVALID_MANDATORY_PARAMETER: 7,
  UNRECOGNIZED_PARAMETERS: 8,
  NO_USER_DATA: 9,
  COOKIE_RECEIVED_WHILE_SHUTTING_DOWN: 10,
  RESTART_WITH_NEW_ADDRESSES: 11,
  USER_INITIATED_ABORT: 12,
  PROTOCOL_VIOLATION: 13,
} as const;

const causeNames = new Map<number, string>(
  Object.entries(CauseCode).map(([name, code]) => [code, name.toLowerCase().replaceAll("_", " ")]),
);

/** Bytes of a cause's text that are shown: what a peer writes there ends in error messages. */
const MAX_SHOWN_TEXT = 128;

/** The causes of an ABORT or ERROR chunk's value; undefined if a length lies. */
export function parseErrorCauses(value: Uint8Array): Parameter[] | undefined {
  return parseParameters(value);
}

/**
 * ABORT (RFC 9260 section 3.3.7): causes behind the bare chunk header.
 *
 * ```text
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   Type = 6    |  Reserved   |T|            Length             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * /                   zero or more Error Causes                   /
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function buildAbort(cause?: { code: number; text?: string }): Uint8Array<ArrayBuffer> {
  return buildChunk(ChunkType.ABORT, 0, (writer) => {
    if (cause !== undefined) writeCause(writer, cause.code, () => writer.text(cause.text ?? ""));
  });
}

/** An ABORT whose packet reflects the tag of what it answers (RFC 9260 section 8.4, rule 8). */
export function buildReflectedAbort(): Uint8Array<ArrayBuffer> {
  return buildChunk(ChunkType.ABORT, FLAG_TAG_REFLECTED);
}

/**
 * ERROR (RFC 9260 section 3.3.10): the same, but not fatal.
 *
 * ```text
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   Type = 9    |  Chunk Flags  |            Length             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * /                   one or more Error Causes                    /
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function buildError(code: number, value: Uint8Array): Uint8Array<ArrayBuffer> {
  return buildChunk(
    ChunkType.ERROR,
    0,
    (writer) => writeCause(writer, code, () => writer.bytes(value)),
  );
}

/** An ERROR that says which stream does not exist (RFC 9260 section 3.3.10.1). */
export function buildInvalidStream(streamId: number): Uint8Array<ArrayBuffer> {
  return buildError(
    CauseCode.INVALID_STREAM_IDENTIFIER,
    Uint8Array.of(streamId >>> 8, streamId & 0xff, 0, 0),
  );
}

/** A cause in words, for an error message. */
export function describeCause(cause: Parameter): string {
  const name = causeNames.get(cause.type) ?? `cause ${cause.type}`;
  const { USER_INITIATED_ABORT, PROTOCOL_VIOLATION } = CauseCode;
  if (cause.type !== USER_INITIATED_ABORT && cause.type !== PROTOCOL_VIOLATION) return name;
  const text = new TextDecoder().decode(cause.value.subarray(0, MAX_SHOWN_TEXT));
  return text === "" ? name : `${name}: ${text}`;
}

function writeCause(writer: Writer, code: number, writeValue: () => void): void {
  writeParameter(writer, code, writeValue);
}
