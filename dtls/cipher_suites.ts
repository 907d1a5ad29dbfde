import type { AeadName, KeyType } from "../core/crypto/provider.ts";

/** A cipher suite: ephemeral elliptic-curve Diffie-Hellman, a signature, an authenticated cipher, and SHA-256 for the PRF. */
export interface CipherSuite {
  /** Its number. */
  readonly id: number;
  /** Its registered name. */
  readonly name: string;
  /** What kind of key the server's certificate must have. */
  readonly authentication: "ecdsa" | "rsa";
  /** The cipher of its records. */
  readonly aead: AeadName;
  /** Bytes of each write key. */
  readonly keyLength: number;
  /** Bytes of each write IV that come from the key block. */
  readonly fixedIvLength: number;
}

const chacha = { aead: "chacha20-poly1305", keyLength: 32, fixedIvLength: 12 } as const; // RFC 7905 section 2
const gcm = { aead: "aes-128-gcm", keyLength: 16, fixedIvLength: 4 } as const; // RFC 5288 section 3

/** Every suite that this side knows, the fastest first (ARCHITECTURE.md section 5). */
export const CIPHER_SUITES: readonly CipherSuite[] = [
  {
    id: 0xcca9,
    name: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    authentication: "ecdsa",
    ...chacha,
  },
  {
    id: 0xc02b,
    name: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    authentication: "ecdsa",
    ...gcm,
  },
  {
    id: 0xcca8,
    name: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    authentication: "rsa",
    ...chacha,
  },
  { id: 0xc02f, name: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", authentication: "rsa", ...gcm },
];

/** The suite of this number, if this side knows it. */
export function cipherSuite(id: number): CipherSuite | undefined {
  return CIPHER_SUITES.find((suite) => suite.id === id);
}

/** Whether a server with such a key can use the suite. EdDSA certificates go with the ECDSA suites (RFC 8422 section 2.2). */
export function suiteFitsKey(suite: CipherSuite, key: KeyType): boolean {
  return (suite.authentication === "rsa") === (key === "rsa");
}
