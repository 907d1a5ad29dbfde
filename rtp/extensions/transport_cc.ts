/** Numbers packets across all streams of a transport, for transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01). */
export const TRANSPORT_CC_URI =
  "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

/** Reads the transport-wide sequence number, 16 bits; undefined if it has the wrong size. */
export function parseTransportSequence(data: Uint8Array): number | undefined {
  return data.length === 2 ? data[0]! << 8 | data[1]! : undefined;
}

/** Writes the transport-wide sequence number, modulo 2^16. */
export function writeTransportSequence(sequence: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(sequence >>> 8, sequence);
}
