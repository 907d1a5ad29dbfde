import { Reader, type Writer } from "../../core/wire/mod.ts";

/** DER of the certificates of a chain, the sender's own first; none where a client has none (RFC 5246 section 7.4.2). */
export type CertificateChain = readonly Uint8Array[];

/**
 * Parses the body of a Certificate message.
 *
 * ```
 *  +---------------------------+------------+-------------+-----+
 *  | length of all of them (3) | length (3) | certificate | ... |
 *  +---------------------------+------------+-------------+-----+
 * ```
 */
export function parseCertificateChain(body: Uint8Array): CertificateChain | undefined {
  const reader = new Reader(body);
  const list = reader.sub(reader.u24());
  const chain: Uint8Array[] = [];
  while (list.remaining > 0) {
    const der = list.bytes(list.u24());
    if (der.length === 0) return undefined;
    chain.push(der);
  }
  return list.complete && reader.complete ? chain : undefined;
}

/** Writes the body of a Certificate message. */
export function writeCertificateChain(writer: Writer, chain: CertificateChain): void {
  writer.vector24(() => {
    for (const der of chain) writer.vector24(() => writer.bytes(der));
  });
}
