import { Reader, type Writer } from "../../core/wire/mod.ts";
import { buildChunk, ChunkType, unknownRule } from "./chunk.ts";
import { type Parameter, ParameterType, parseParameters, writeParameter } from "./parameter.ts";

/** The alternate error detection method "SCTP over DTLS" (RFC 9653 section 7, RFC 9653 section 6). */
const EDMID_DTLS = 1;

/** Bytes of unknown parameters that are sent back in an INIT ACK or ERROR: the chunk must fit into a packet. */
const MAX_REPORTED_BYTES = 256;

/** The fixed fields of INIT and INIT ACK. */
export interface InitFields {
  /** The tag that packets to the sender have to carry; never 0. */
  readonly initiateTag: number;
  /** The sender's receive window in bytes. */
  readonly aRwnd: number;
  /** Streams that the sender wants to send on. */
  readonly outboundStreams: number;
  /** Streams that the sender can receive on. */
  readonly inboundStreams: number;
  /** TSN of the sender's first DATA chunk. */
  readonly initialTsn: number;
}

/** What the optional parameters say. */
export interface InitParameters {
  /** FORWARD-TSN (RFC 3758). */
  readonly forwardTsn: boolean;
  /** RE-CONFIG (RFC 6525). */
  readonly reconfig: boolean;
  /** A checksum of zero is accepted, since DTLS authenticates (RFC 9653). */
  readonly zeroChecksum: boolean;
  /** The state cookie of an INIT ACK. */
  readonly stateCookie: Uint8Array | undefined;
  /** Unknown parameters which the sender wants to hear of, with their headers; bounded. */
  readonly unrecognized: readonly Parameter[];
}

/** INIT or INIT ACK. */
export interface InitChunk extends InitFields, InitParameters {}

/**
 * Reads the value of an INIT or INIT ACK (RFC 9260 sections 3.3.2 and 3.3.3); undefined if it lies about a length, or if a field has
 * a value that no association can have.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Type = 1, 2  |  Chunk Flags  |         Chunk Length          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         Initiate Tag                          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |          Advertised Receiver Window Credit (a_rwnd)           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Number of Outbound Streams   |   Number of Inbound Streams   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                          Initial TSN                          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * /              Optional/Variable-Length Parameters              /
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function parseInit(value: Uint8Array): InitChunk | undefined {
  const reader = new Reader(value);
  const fields: InitFields = {
    initiateTag: reader.u32(),
    aRwnd: reader.u32(),
    outboundStreams: reader.u16(),
    inboundStreams: reader.u16(),
    initialTsn: reader.u32(),
  };
  if (!reader.ok || fields.initiateTag === 0) return undefined;
  if (fields.outboundStreams === 0 || fields.inboundStreams === 0) return undefined;
  const parameters = parseParameters(reader.rest());
  return parameters && { ...fields, ...readParameters(parameters) };
}

/** An INIT. */
export function buildInit(fields: InitFields, zeroChecksum: boolean): Uint8Array<ArrayBuffer> {
  return buildChunk(ChunkType.INIT, 0, (writer) => {
    writeFields(writer, fields);
    writeExtensions(writer, zeroChecksum);
  });
}

/** An INIT ACK with its state cookie, and with what was not understood of the INIT (RFC 9260 section 3.3.3.1). */
export function buildInitAck(
  fields: InitFields,
  zeroChecksum: boolean,
  stateCookie: Uint8Array,
  unrecognized: readonly Parameter[],
): Uint8Array<ArrayBuffer> {
  return buildChunk(ChunkType.INIT_ACK, 0, (writer) => {
    writeFields(writer, fields);
    writeParameter(writer, ParameterType.STATE_COOKIE, () => writer.bytes(stateCookie));
    writeExtensions(writer, zeroChecksum);
    for (const parameter of unrecognized) {
      writeParameter(writer, ParameterType.UNRECOGNIZED_PARAMETER, () => {
        writer.u16(parameter.type);
        writer.u16(4 + parameter.value.length);
        writer.bytes(parameter.value);
      });
    }
  });
}

function writeFields(writer: Writer, fields: InitFields): void {
  writer.u32(fields.initiateTag);
  writer.u32(fields.aRwnd);
  writer.u16(fields.outboundStreams);
  writer.u16(fields.inboundStreams);
  writer.u32(fields.initialTsn);
}

function writeExtensions(writer: Writer, zeroChecksum: boolean): void {
  if (zeroChecksum) {
    writeParameter(writer, ParameterType.ZERO_CHECKSUM_ACCEPTABLE, () => writer.u32(EDMID_DTLS));
  }
  writeParameter(writer, ParameterType.FORWARD_TSN_SUPPORTED, () => {});
  writeParameter(writer, ParameterType.SUPPORTED_EXTENSIONS, () => {
    writer.u8(ChunkType.RE_CONFIG);
    writer.u8(ChunkType.FORWARD_TSN);
  });
}

function readParameters(parameters: readonly Parameter[]): InitParameters {
  let forwardTsn = false;
  let reconfig = false;
  let zeroChecksum = false;
  let stateCookie: Uint8Array | undefined;
  const unrecognized: Parameter[] = [];
  let reportable = MAX_REPORTED_BYTES;
  for (const parameter of parameters) {
    const { type, value } = parameter;
    switch (type) {
      case ParameterType.FORWARD_TSN_SUPPORTED:
        forwardTsn = true;
        break;
      case ParameterType.SUPPORTED_EXTENSIONS:
        // RFC 5061 section 4.2.7: a list of chunk types.
        forwardTsn ||= value.includes(ChunkType.FORWARD_TSN);
        reconfig ||= value.includes(ChunkType.RE_CONFIG);
        break;
      case ParameterType.ZERO_CHECKSUM_ACCEPTABLE:
        zeroChecksum = value.length === 4 && new Reader(value).u32() === EDMID_DTLS;
        break;
      case ParameterType.STATE_COOKIE:
        stateCookie = value;
        break;
      default: {
        if (understood.has(type)) break;
        const { report, skip } = unknownRule(type, 16);
        reportable -= 8 + value.length;
        if (report && reportable >= 0) unrecognized.push(parameter);
        // RFC 9260 section 3.2.1: no further parameter is processed, but those before it count.
        if (!skip) return { forwardTsn, reconfig, zeroChecksum, stateCookie, unrecognized };
      }
    }
  }
  return { forwardTsn, reconfig, zeroChecksum, stateCookie, unrecognized };
}

/** Known, and of no meaning over DTLS: addresses are ICE's business (RFC 8261 section 6), authentication is DTLS's. */
const understood: ReadonlySet<number> = new Set([
  ParameterType.IPV4_ADDRESS,
  ParameterType.IPV6_ADDRESS,
  ParameterType.UNRECOGNIZED_PARAMETER,
  ParameterType.COOKIE_PRESERVATIVE,
  ParameterType.HOST_NAME_ADDRESS,
  ParameterType.SUPPORTED_ADDRESS_TYPES,
  ParameterType.ECN_CAPABLE,
  ParameterType.RANDOM,
  ParameterType.CHUNK_LIST,
  ParameterType.REQUESTED_HMAC_ALGORITHM,
  ParameterType.ADAPTATION_LAYER_INDICATION,
]);
