import { Reader, type Writer } from "../../core/wire/mod.ts";
import { readNumbers16, writeNumbers16 } from "../extensions/extension.ts";

/** Kinds of client certificates (RFC 5246 section 7.4.4, RFC 8422 section 5.5). */
export const ClientCertificateType = { rsaSign: 1, ecdsaSign: 64 } as const;

/** CertificateRequest (RFC 5246 section 7.4.4), without the names of authorities: WebRTC's certificates have none. */
export interface CertificateRequest {
  readonly certificateTypes: Uint8Array;
  /** Numbers of signature schemes. */
  readonly signatureAlgorithms: readonly number[];
}

/**
 * Parses the body of a CertificateRequest.
 *
 * ```
 *  +------------------------+------------------------------------+---------------------------+
 *  | certificate_types<255> | supported_signature_algorithms<>   | certificate_authorities<> |
 *  +------------------------+------------------------------------+---------------------------+
 * ```
 */
export function parseCertificateRequest(body: Uint8Array): CertificateRequest | undefined {
  const reader = new Reader(body);
  const certificateTypes = reader.bytes(reader.u8());
  const algorithms = reader.sub(reader.u16());
  const signatureAlgorithms = readNumbers16(algorithms);
  reader.skip(reader.u16());
  return reader.complete && algorithms.ok ? { certificateTypes, signatureAlgorithms } : undefined;
}

/** Writes the body of a CertificateRequest. */
export function writeCertificateRequest(writer: Writer, request: CertificateRequest): void {
  writer.vector8(() => writer.bytes(request.certificateTypes));
  writeNumbers16(writer, request.signatureAlgorithms);
  writer.u16(0);
}
