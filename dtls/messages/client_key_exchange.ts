import { Reader, type Writer } from "../../core/wire/mod.ts";

/**
 * The client's share: the body of a ClientKeyExchange of an ECDHE suite (RFC 8422 section 5.7).
 *
 * ```
 *  +-----------------+
 *  | public_key<255> |
 *  +-----------------+
 * ```
 */
export function parseClientKeyExchange(body: Uint8Array): Uint8Array | undefined {
  const reader = new Reader(body);
  const publicKey = reader.bytes(reader.u8());
  return reader.complete && publicKey.length > 0 ? publicKey : undefined;
}

/** Writes the body of a ClientKeyExchange. */
export function writeClientKeyExchange(writer: Writer, publicKey: Uint8Array): void {
  writer.vector8(() => writer.bytes(publicKey));
}
