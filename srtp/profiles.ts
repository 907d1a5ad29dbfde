/** An SRTP protection profile (RFC 5764 section 4.1.2, RFC 7714 section 14.2). */
export interface SrtpProtectionProfile {
  /** Its number in use_srtp. */
  readonly id: number;
  /** Its registered name. */
  readonly name: string;
  /** AES in counter mode with HMAC-SHA1 (RFC 3711 section 4), or AES-GCM (RFC 7714). */
  readonly cipher: "aes-cm" | "aes-gcm";
  /** Bytes of each master key, and of each session key. */
  readonly keyLength: number;
  /** Bytes of each master salt, and of each session salt. */
  readonly saltLength: number;
  /** Bytes of the tag of an SRTP packet. */
  readonly rtpTagLength: number;
  /** Bytes of the tag of an SRTCP packet: the short tag is for SRTP alone (RFC 5764 section 4.1.2). */
  readonly rtcpTagLength: number;
}

/** The profiles that an `SrtpEndpoint` knows, best first. */
export const SRTP_PROTECTION_PROFILES: readonly SrtpProtectionProfile[] = [
  {
    id: 0x0007,
    name: "SRTP_AEAD_AES_128_GCM",
    cipher: "aes-gcm",
    keyLength: 16,
    saltLength: 12,
    rtpTagLength: 16,
    rtcpTagLength: 16,
  },
  {
    id: 0x0008,
    name: "SRTP_AEAD_AES_256_GCM",
    cipher: "aes-gcm",
    keyLength: 32,
    saltLength: 12,
    rtpTagLength: 16,
    rtcpTagLength: 16,
  },
  {
    id: 0x0001,
    name: "SRTP_AES128_CM_HMAC_SHA1_80",
    cipher: "aes-cm",
    keyLength: 16,
    saltLength: 14,
    rtpTagLength: 10,
    rtcpTagLength: 10,
  },
  {
    id: 0x0002,
    name: "SRTP_AES128_CM_HMAC_SHA1_32",
    cipher: "aes-cm",
    keyLength: 16,
    saltLength: 14,
    rtpTagLength: 4,
    rtcpTagLength: 10,
  },
];

/**
 * The profile with this number in use_srtp.
 *
 * @throws {TypeError} if there is none
 */
export function srtpProtectionProfile(id: number): SrtpProtectionProfile {
  const profile = SRTP_PROTECTION_PROFILES.find((one) => one.id === id);
  if (profile === undefined) throw new TypeError(`Unknown SRTP protection profile ${id}`);
  return profile;
}
