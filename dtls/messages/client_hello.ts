import { Reader, type Writer } from "../../core/wire/mod.ts";
import {
  type Extension,
  parseExtensions,
  readNumbers16,
  writeExtensions,
  writeNumbers16,
} from "../extensions/extension.ts";

/** ClientHello (RFC 6347 section 4.2.1). */
export interface ClientHello {
  /** The newest version that the client speaks, or 1.2 for one that speaks more (RFC 8446 section 4.2.1). */
  readonly clientVersion: number;
  /** 32 bytes. */
  readonly random: Uint8Array;
  /** At most 32 bytes; empty where no session is to be resumed. */
  readonly sessionId: Uint8Array;
  /** What a HelloVerifyRequest brought; empty in the first hello. */
  readonly cookie: Uint8Array;
  /** In order of preference. */
  readonly cipherSuites: readonly number[];
  /** Just null in any modern client. */
  readonly compressionMethods: Uint8Array;
  /** In their order on the wire. */
  readonly extensions: readonly Extension[];
}

/**
 * Parses the body of a ClientHello.
 *
 * ```
 *  +----------------+-------------+----------------+------------+------------------+
 *  | client_version | random (32) | session_id<32> | cookie<255> | cipher_suites<> |
 *  +----------------+-------------+----------------+------------+------------------+
 *  | compression_methods<> | extensions<> |
 *  +-----------------------+--------------+
 * ```
 */
export function parseClientHello(body: Uint8Array): ClientHello | undefined {
  const reader = new Reader(body);
  const clientVersion = reader.u16();
  const random = reader.bytes(32);
  const sessionId = reader.bytes(reader.u8());
  const cookie = reader.bytes(reader.u8());
  const suites = reader.sub(reader.u16());
  const cipherSuites = readNumbers16(suites);
  const compressionMethods = reader.bytes(reader.u8());
  if (!reader.ok || !suites.ok || sessionId.length > 32) return undefined;
  const extensions = parseExtensions(reader);
  if (extensions === undefined) return undefined;
  return {
    clientVersion,
    random,
    sessionId,
    cookie,
    cipherSuites,
    compressionMethods,
    extensions,
  };
}

/** Writes the body of a ClientHello. */
export function writeClientHello(writer: Writer, hello: ClientHello): void {
  writer.u16(hello.clientVersion);
  writer.bytes(hello.random);
  writer.vector8(() => writer.bytes(hello.sessionId));
  writer.vector8(() => writer.bytes(hello.cookie));
  writeNumbers16(writer, hello.cipherSuites);
  writer.vector8(() => writer.bytes(hello.compressionMethods));
  writeExtensions(writer, hello.extensions);
}
