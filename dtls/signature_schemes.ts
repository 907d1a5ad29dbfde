import type { KeyType, SignatureName } from "../core/crypto/provider.ts";

/** A way to sign, as one number: in TLS 1.2 a hash and an algorithm (RFC 5246 section 7.4.1.4.1), named as in RFC 8446 section 4.2.3. */
export interface SignatureScheme {
  /** Its number. */
  readonly id: number;
  /** What the crypto provider calls it. */
  readonly name: SignatureName;
  /** The kind of key that it takes. */
  readonly key: "ecdsa" | "rsa" | "ed25519";
}

/**
 * Every scheme that this side signs or verifies with, best first. SHA-1 is not among them.
 *
 * Before TLS 1.3 the ECDSA ones don't bind the curve: ecdsa_secp384r1_sha384 is just ECDSA with SHA-384 (RFC 8446 section 4.2.3).
 */
export const SIGNATURE_SCHEMES: readonly SignatureScheme[] = [
  { id: 0x0403, name: "ecdsa-sha256", key: "ecdsa" },
  { id: 0x0804, name: "rsa-pss-sha256", key: "rsa" },
  { id: 0x0401, name: "rsa-pkcs1-sha256", key: "rsa" },
  { id: 0x0503, name: "ecdsa-sha384", key: "ecdsa" },
  { id: 0x0805, name: "rsa-pss-sha384", key: "rsa" },
  { id: 0x0501, name: "rsa-pkcs1-sha384", key: "rsa" },
  { id: 0x0603, name: "ecdsa-sha512", key: "ecdsa" },
  { id: 0x0806, name: "rsa-pss-sha512", key: "rsa" },
  { id: 0x0601, name: "rsa-pkcs1-sha512", key: "rsa" },
  { id: 0x0807, name: "ed25519", key: "ed25519" },
];

/** The numbers of {@linkcode SIGNATURE_SCHEMES}. */
export const SIGNATURE_SCHEME_IDS: readonly number[] = SIGNATURE_SCHEMES.map(({ id }) => id);

/** The scheme to sign with, given the kind of our key and what the peer can verify. */
export function chooseScheme(
  key: KeyType,
  offered: readonly number[],
): SignatureScheme | undefined {
  return SIGNATURE_SCHEMES.find((scheme) => takesKey(scheme, key) && offered.includes(scheme.id));
}

/** The scheme of this number, if such a key can have signed with it. */
export function schemeFor(id: number, key: KeyType): SignatureScheme | undefined {
  return SIGNATURE_SCHEMES.find((scheme) => scheme.id === id && takesKey(scheme, key));
}

function takesKey(scheme: SignatureScheme, key: KeyType): boolean {
  return key === scheme.key || key.startsWith(`${scheme.key}-`);
}
