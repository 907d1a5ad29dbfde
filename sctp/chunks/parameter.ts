import { Reader, type Writer } from "../../core/wire/mod.ts";
import { padded } from "./bytes.ts";

/** A parameter of INIT, INIT ACK, HEARTBEAT or RE-CONFIG, or an error cause: all have this form. */
export interface Parameter {
  /** Parameter type or cause code. */
  readonly type: number;
  /** What follows the header, without padding; shares the packet's memory. */
  readonly value: Uint8Array;
}

/** Parameter types (RFC 9260 section 3.3.2.1, RFC 5061, RFC 6525 section 4, RFC 3758 section 3.1, RFC 9653 section 4). */
export const ParameterType = {
  HEARTBEAT_INFO: 1,
  IPV4_ADDRESS: 5,
  IPV6_ADDRESS: 6,
  STATE_COOKIE: 7,
  UNRECOGNIZED_PARAMETER: 8,
  COOKIE_PRESERVATIVE: 9,
  HOST_NAME_ADDRESS: 11,
  SUPPORTED_ADDRESS_TYPES: 12,
  OUTGOING_SSN_RESET_REQUEST: 13,
  INCOMING_SSN_RESET_REQUEST: 14,
  SSN_TSN_RESET_REQUEST: 15,
  RECONFIGURATION_RESPONSE: 16,
  ADD_OUTGOING_STREAMS_REQUEST: 17,
  ADD_INCOMING_STREAMS_REQUEST: 18,
  ECN_CAPABLE: 0x8000,
  ZERO_CHECKSUM_ACCEPTABLE: 0x8001,
  RANDOM: 0x8002,
  CHUNK_LIST: 0x8003,
  REQUESTED_HMAC_ALGORITHM: 0x8004,
  SUPPORTED_EXTENSIONS: 0x8008,
  FORWARD_TSN_SUPPORTED: 0xc000,
  ADAPTATION_LAYER_INDICATION: 0xc006,
} as const;

/** Parameters in one chunk that are still read: real ones have at most ten. */
const MAX_PARAMETERS = 64;

/**
 * Every parameter in `bytes`; undefined if a length lies or there are absurdly many (RFC 9260 section 3.2.1).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |        Parameter Type         |       Parameter Length        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * /                        Parameter Value                        /
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function parseParameters(bytes: Uint8Array): Parameter[] | undefined {
  const reader = new Reader(bytes);
  const parameters: Parameter[] = [];
  while (reader.remaining > 0) {
    const type = reader.u16();
    const length = reader.u16();
    const value = length < 4 ? undefined : reader.bytes(length - 4);
    if (value === undefined || !reader.ok || parameters.length === MAX_PARAMETERS) return undefined;
    // The last parameter's padding belongs to the chunk's, which its value leaves out.
    reader.skip(Math.min(padded(length) - length, reader.remaining));
    parameters.push({ type, value });
  }
  return parameters;
}

/**
 * Writes a parameter, at the next multiple of four. Padding comes before a parameter, not after it: the chunk's length counts all
 * padding but that of the last parameter (RFC 9260 section 3.2).
 */
export function writeParameter(writer: Writer, type: number, writeValue: () => void): void {
  writer.align(4);
  const start = writer.length;
  writer.u16(type);
  writer.u16(0);
  writeValue();
  writer.patchU16(start + 2, writer.length - start);
}
