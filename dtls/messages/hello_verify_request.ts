import { Reader, type Writer } from "../../core/wire/mod.ts";

/** HelloVerifyRequest (RFC 6347 section 4.2.1). */
export interface HelloVerifyRequest {
  /** Says nothing about what will be negotiated. */
  readonly serverVersion: number;
  /** What the next ClientHello has to bring back; at most 255 bytes. */
  readonly cookie: Uint8Array;
}

/**
 * Parses the body of a HelloVerifyRequest.
 *
 * ```
 *  +----------------+-------------+
 *  | server_version | cookie<255> |
 *  +----------------+-------------+
 * ```
 */
export function parseHelloVerifyRequest(body: Uint8Array): HelloVerifyRequest | undefined {
  const reader = new Reader(body);
  const serverVersion = reader.u16();
  const cookie = reader.bytes(reader.u8());
  return reader.complete ? { serverVersion, cookie } : undefined;
}

/** Writes the body of a HelloVerifyRequest. */
export function writeHelloVerifyRequest(writer: Writer, request: HelloVerifyRequest): void {
  writer.u16(request.serverVersion);
  writer.vector8(() => writer.bytes(request.cookie));
}
