/**
 * DTLS 1.2 (RFC 6347) as WebRTC uses it: mutual self-signed certificates that are known by their fingerprints (RFC 8122), ephemeral
 * elliptic-curve key exchange (RFC 8422), authenticated ciphers (RFC 5289, RFC 7905), the extended master secret (RFC 7627), keys for
 * SRTP (RFC 5764), and no renegotiation.
 *
 * ```
 *   Client                                           Server
 *   ------                                           ------
 *   ClientHello             -------->                           flight 1
 *                           <--------    HelloVerifyRequest     flight 2 (on request)
 *   ClientHello (cookie)    -------->                           flight 3
 *                                               ServerHello
 *                                               Certificate
 *                                         ServerKeyExchange
 *                                        CertificateRequest
 *                           <--------       ServerHelloDone     flight 4
 *   Certificate
 *   ClientKeyExchange
 *   CertificateVerify
 *   [ChangeCipherSpec]
 *   Finished                -------->                           flight 5
 *                                        [ChangeCipherSpec]
 *                           <--------              Finished     flight 6
 * ```
 *
 * `record/` is the record layer, `messages/` and `extensions/` are what a handshake says, `handshake/` carries it across a network
 * that loses and reorders, `client/` and `server/` hold one file for each state that a handshake can be in, and `keys/` derives
 * secrets. `endpoint.ts` puts them together.
 *
 * @module
 */
export { DtlsEndpoint } from "./endpoint.ts";
export type { DtlsOptions } from "./options.ts";
export type { DtlsEvent, DtlsKeysEvent, DtlsState, DtlsStateEvent } from "./event.ts";
export type { DtlsDiscard } from "./discards.ts";
export type { DtlsRole } from "./protocol.ts";
export { type Fingerprint, fingerprintOf, matchesFingerprint } from "./fingerprint.ts";
export { AlertDescription } from "./alert.ts";
export { CIPHER_SUITES, type CipherSuite } from "./cipher_suites.ts";
export { DTLS_SRTP_LABEL } from "./srtp_label.ts";
