/**
 * The registered numbers of DTLS 1.2 that more than one file needs.
 *
 * @module
 */

/** DTLS versions as they stand on the wire: one's complement, so that a newer version is a smaller number. */
export const DTLS_1_0 = 0xfeff;
/** RFC 6347 section 4.1. */
export const DTLS_1_2 = 0xfefd;

/** RFC 5246 section 6.2.1. */
export const ContentType = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
} as const;

/** RFC 6347 section 4.3.2. */
export const HandshakeType = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  helloVerifyRequest: 3,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
} as const;

/** Which end of a handshake this is. */
export type DtlsRole = "client" | "server";
