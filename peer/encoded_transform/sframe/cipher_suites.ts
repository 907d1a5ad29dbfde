/** The cipher suites of RFC 9605 section 4.5, by the names of its table. */
export type SFrameCipherSuite =
  | "AES_128_CTR_HMAC_SHA256_80"
  | "AES_128_CTR_HMAC_SHA256_64"
  | "AES_128_CTR_HMAC_SHA256_32"
  | "AES_128_GCM_SHA256_128"
  | "AES_256_GCM_SHA512_128";

/** What a cipher suite is made of. Lengths are in bytes, under the names of RFC 9605 section 4.4. */
export interface CipherSuite {
  /** RFC 9605 section 8.1. */
  readonly id: number;
  readonly hash: "SHA-256" | "SHA-512";
  readonly mode: "AES-CTR" | "AES-GCM";
  /** AEAD.Nk. */
  readonly nk: number;
  /** AEAD.Nt. */
  readonly nt: number;
}

/** AEAD.Nn, in all of them. */
export const NONCE_LENGTH = 12;

/** AEAD.Nka: the part of the key of AES-CTR that is for AES; the rest is for HMAC. */
export const CTR_KEY_LENGTH = 16;

/** By their names. */
export const CIPHER_SUITES: Readonly<Record<SFrameCipherSuite, CipherSuite>> = {
  AES_128_CTR_HMAC_SHA256_80: { id: 1, hash: "SHA-256", mode: "AES-CTR", nk: 48, nt: 10 },
  AES_128_CTR_HMAC_SHA256_64: { id: 2, hash: "SHA-256", mode: "AES-CTR", nk: 48, nt: 8 },
  AES_128_CTR_HMAC_SHA256_32: { id: 3, hash: "SHA-256", mode: "AES-CTR", nk: 48, nt: 4 },
  AES_128_GCM_SHA256_128: { id: 4, hash: "SHA-256", mode: "AES-GCM", nk: 16, nt: 16 },
  AES_256_GCM_SHA512_128: { id: 5, hash: "SHA-512", mode: "AES-GCM", nk: 32, nt: 16 },
};
