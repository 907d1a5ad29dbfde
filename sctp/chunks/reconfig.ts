import { Reader } from "../../core/wire/mod.ts";
import { buildChunk, ChunkType } from "./chunk.ts";
import { type Parameter, ParameterType, parseParameters, writeParameter } from "./parameter.ts";

/** Results of a re-configuration request (RFC 6525 section 4.4). */
export const ReconfigResult = {
  SUCCESS_NOTHING_TO_DO: 0,
  SUCCESS_PERFORMED: 1,
  DENIED: 2,
  ERROR_WRONG_SSN: 3,
  ERROR_REQUEST_ALREADY_IN_PROGRESS: 4,
  ERROR_BAD_SEQUENCE_NUMBER: 5,
  IN_PROGRESS: 6,
} as const;

/** Bytes of a RE-CONFIG with one Outgoing SSN Reset Request, without its streams. */
export const OUTGOING_RESET_HEADER_LENGTH = 20;

/** The sender starts the sequence numbers of its outgoing streams anew. */
export interface OutgoingResetRequest {
  /** What kind of parameter this is. */
  readonly kind: "outgoing reset";
  /** Re-configuration request sequence number. */
  readonly sequenceNumber: number;
  /** The request of the receiver that this one answers; one less than its first if it answers none. */
  readonly responseSequenceNumber: number;
  /** The last TSN that was sent before the reset. */
  readonly lastTsn: number;
  /** The streams; none means all. */
  readonly streams: readonly number[];
}

/** A request that WebRTC has no use for: an incoming reset, an association reset, more streams. */
export interface OtherRequest {
  /** What kind of parameter this is. */
  readonly kind: "other request";
  /** Re-configuration request sequence number. */
  readonly sequenceNumber: number;
}

/** An answer. */
export interface ReconfigResponse {
  /** What kind of parameter this is. */
  readonly kind: "response";
  /** The request that is answered. */
  readonly sequenceNumber: number;
  /** One of {@linkcode ReconfigResult}. */
  readonly result: number;
}

/** A parameter of a RE-CONFIG. */
export type ReconfigParameter = OutgoingResetRequest | OtherRequest | ReconfigResponse;

/**
 * Reads the value of a RE-CONFIG (RFC 6525 section 3.1): one or two parameters. Undefined if a length lies.
 *
 * ```text
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Type = 130   |  Chunk Flags  |         Chunk Length          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * /                  Re-configuration Parameter                   /
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * /             Re-configuration Parameter (optional)             /
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function parseReconfig(value: Uint8Array): ReconfigParameter[] | undefined {
  const parameters = parseParameters(value);
  // RFC 6525 section 3.1: no more than two.
  if (parameters === undefined || parameters.length === 0 || parameters.length > 2) {
    return undefined;
  }
  const parsed: ReconfigParameter[] = [];
  for (const parameter of parameters) {
    const one = parseOne(parameter);
    if (one === undefined) return undefined;
    parsed.push(one);
  }
  return parsed;
}

/**
 * A RE-CONFIG with an Outgoing SSN Reset Request (RFC 6525 section 4.1).
 *
 * ```text
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |     Parameter Type = 13       | Parameter Length = 16 + 2 * N |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           Re-configuration Request Sequence Number            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           Re-configuration Response Sequence Number           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                Sender's Last Assigned TSN                     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Stream Number 1 (optional)   |    Stream Number 2 (optional) |
 * /                            ......                             /
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function buildOutgoingReset(
  request: Omit<OutgoingResetRequest, "kind">,
): Uint8Array<ArrayBuffer> {
  return buildChunk(
    ChunkType.RE_CONFIG,
    0,
    (writer) =>
      writeParameter(writer, ParameterType.OUTGOING_SSN_RESET_REQUEST, () => {
        writer.u32(request.sequenceNumber);
        writer.u32(request.responseSequenceNumber);
        writer.u32(request.lastTsn);
        for (const stream of request.streams) writer.u16(stream);
      }),
  );
}

/**
 * A RE-CONFIG with a Re-configuration Response (RFC 6525 section 4.4).
 *
 * ```text
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |     Parameter Type = 16       |      Parameter Length = 12    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |         Re-configuration Response Sequence Number             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                            Result                             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function buildReconfigResponse(
  sequenceNumber: number,
  result: number,
): Uint8Array<ArrayBuffer> {
  return buildChunk(
    ChunkType.RE_CONFIG,
    0,
    (writer) =>
      writeParameter(writer, ParameterType.RECONFIGURATION_RESPONSE, () => {
        writer.u32(sequenceNumber);
        writer.u32(result);
      }),
  );
}

function parseOne({ type, value }: Parameter): ReconfigParameter | undefined {
  const reader = new Reader(value);
  const sequenceNumber = reader.u32();
  switch (type) {
    case ParameterType.OUTGOING_SSN_RESET_REQUEST: {
      const responseSequenceNumber = reader.u32();
      const lastTsn = reader.u32();
      const streams: number[] = [];
      while (reader.remaining > 0) streams.push(reader.u16());
      return reader.ok
        ? { kind: "outgoing reset", sequenceNumber, responseSequenceNumber, lastTsn, streams }
        : undefined;
    }
    case ParameterType.RECONFIGURATION_RESPONSE: {
      const result = reader.u32();
      return reader.ok ? { kind: "response", sequenceNumber, result } : undefined;
    }
    case ParameterType.INCOMING_SSN_RESET_REQUEST:
    case ParameterType.SSN_TSN_RESET_REQUEST:
    case ParameterType.ADD_OUTGOING_STREAMS_REQUEST:
    case ParameterType.ADD_INCOMING_STREAMS_REQUEST:
      return reader.ok ? { kind: "other request", sequenceNumber } : undefined;
    default:
      return undefined;
  }
}
