import vectors from "../../../vectors/sframe.json" with { type: "json" };
import {
  CIPHER_SUITES,
  type CipherSuite,
} from "../../../../peer/encoded_transform/sframe/cipher_suites.ts";

export { vectors };

/** Bytes from hexadecimal digits. */
export const hex = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.fromHex(text);

/** The suite with a number of RFC 9605 section 8.1. */
export function suiteOf(id: number): CipherSuite {
  return Object.values(CIPHER_SUITES).find((suite) => suite.id === id)!;
}

/** A base key as applications have it. */
export function baseKey(
  bytes: Uint8Array<ArrayBuffer>,
  usages: KeyUsage[] = ["deriveBits"],
): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytes, "HKDF", false, usages);
}
