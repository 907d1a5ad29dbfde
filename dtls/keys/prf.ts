import type { CryptoProvider } from "../../core/crypto/provider.ts";
import { concat } from "../../core/wire/mod.ts";

const HASH_LENGTH = 32; // SHA-256

/** P_SHA256 over label and seed: the pseudorandom function of TLS 1.2 (RFC 5246 section 5). */
export function prf(
  crypto: CryptoProvider,
  secret: Uint8Array,
  label: string,
  seed: Uint8Array,
  length: number,
): Uint8Array<ArrayBuffer> {
  const labelAndSeed = concat([new TextEncoder().encode(label), seed]);
  const output = new Uint8Array(length);
  let a: Uint8Array = labelAndSeed; // A(0)
  for (let at = 0; at < length; at += HASH_LENGTH) {
    a = crypto.hmac("sha-256", secret, a); // A(i) = HMAC(secret, A(i-1))
    const block = crypto.hmac("sha-256", secret, a, labelAndSeed);
    output.set(block.subarray(0, length - at), at);
  }
  return output;
}
