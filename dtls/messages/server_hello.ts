import { Reader, type Writer } from "../../core/wire/mod.ts";
import { type Extension, parseExtensions, writeExtensions } from "../extensions/extension.ts";

/** ServerHello (RFC 5246 section 7.4.1.3). */
export interface ServerHello {
  readonly serverVersion: number;
  /** 32 bytes. */
  readonly random: Uint8Array;
  /** At most 32 bytes; empty where the session can't be resumed. */
  readonly sessionId: Uint8Array;
  readonly cipherSuite: number;
  readonly compressionMethod: number;
  /** Only such as the client sent. */
  readonly extensions: readonly Extension[];
}

/**
 * Parses the body of a ServerHello.
 *
 * ```
 *  +----------------+-------------+----------------+--------------+--------------------+--------------+
 *  | server_version | random (32) | session_id<32> | cipher_suite | compression_method | extensions<> |
 *  +----------------+-------------+----------------+--------------+--------------------+--------------+
 * ```
 */
export function parseServerHello(body: Uint8Array): ServerHello | undefined {
  const reader = new Reader(body);
  const serverVersion = reader.u16();
  const random = reader.bytes(32);
  const sessionId = reader.bytes(reader.u8());
  const cipherSuite = reader.u16();
  const compressionMethod = reader.u8();
  if (!reader.ok || sessionId.length > 32) return undefined;
  const extensions = parseExtensions(reader);
  if (extensions === undefined) return undefined;
  return { serverVersion, random, sessionId, cipherSuite, compressionMethod, extensions };
}

/** Writes the body of a ServerHello. */
export function writeServerHello(writer: Writer, hello: ServerHello): void {
  writer.u16(hello.serverVersion);
  writer.bytes(hello.random);
  writer.vector8(() => writer.bytes(hello.sessionId));
  writer.u16(hello.cipherSuite);
  writer.u8(hello.compressionMethod);
  writeExtensions(writer, hello.extensions);
}
