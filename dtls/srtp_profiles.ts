/** An SRTP protection profile, as far as the key derivation of DTLS-SRTP needs it (RFC 5764 section 4.1.2, RFC 7714 section 14.2). */
export interface SrtpProfile {
  /** Its number in use_srtp. */
  readonly id: number;
  /** Its registered name. */
  readonly name: string;
  /** Bytes of each master key. */
  readonly keyLength: number;
  /** Bytes of each master salt. */
  readonly saltLength: number;
}

/** The profiles that WebRTC stacks offer. Which of them are negotiated is up to the options of `DtlsEndpoint`. */
export const SRTP_PROFILES: readonly SrtpProfile[] = [
  { id: 0x0007, name: "SRTP_AEAD_AES_128_GCM", keyLength: 16, saltLength: 12 },
  { id: 0x0008, name: "SRTP_AEAD_AES_256_GCM", keyLength: 32, saltLength: 12 },
  { id: 0x0001, name: "SRTP_AES128_CM_HMAC_SHA1_80", keyLength: 16, saltLength: 14 },
  { id: 0x0002, name: "SRTP_AES128_CM_HMAC_SHA1_32", keyLength: 16, saltLength: 14 },
];

/** The exporter label of DTLS-SRTP (RFC 5764 section 4.2). */
export const DTLS_SRTP_LABEL = "EXTRACTOR-dtls_srtp";
