import { concat } from "../../../core/wire/mod.ts";
import { createAead, type SFrameAead } from "./aead.ts";
import { type CipherSuite, NONCE_LENGTH } from "./cipher_suites.ts";

/** What comes of a base key (RFC 9605 section 4.4.2). */
export interface SFrameKey {
  readonly kid: bigint;
  readonly aead: SFrameAead;
  /** `sframe_salt`. */
  readonly salt: Uint8Array<ArrayBuffer>;
}

/** `derive_key_salt`. Rejects for a base key that HKDF can't be used with. */
export async function deriveKey(
  suite: CipherSuite,
  kid: bigint,
  baseKey: CryptoKey,
): Promise<SFrameKey> {
  const expand = (label: string, length: number) =>
    hkdf(suite, baseKey, keyLabel(label, kid, suite), length);
  const [key, salt] = await Promise.all([
    expand("SFrame 1.0 Secret key ", suite.nk),
    expand("SFrame 1.0 Secret salt ", NONCE_LENGTH),
  ]);
  return { kid, salt, aead: await createAead(suite, key) };
}

/** A label, the key's id in 8 bytes, and the suite's in 2. */
function keyLabel(label: string, kid: bigint, { id }: CipherSuite): Uint8Array<ArrayBuffer> {
  const ids = new DataView(new ArrayBuffer(10));
  ids.setBigUint64(0, kid);
  ids.setUint16(8, id);
  return concat([new TextEncoder().encode(label), new Uint8Array(ids.buffer)]);
}

/** HKDF-Extract without a salt, and HKDF-Expand (RFC 5869). */
async function hkdf(
  { hash }: CipherSuite,
  key: CryptoKey,
  info: Uint8Array<ArrayBuffer>,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const parameters = { name: "HKDF", hash, salt: new Uint8Array(0), info };
  if (key.usages.includes("deriveBits")) {
    return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, length * 8));
  }
  // A key that may derive keys only: one for HMAC can have any length.
  const as = { name: "HMAC", hash, length: length * 8 };
  const derived = await crypto.subtle.deriveKey(parameters, key, as, true, ["sign"]);
  return new Uint8Array(await crypto.subtle.exportKey("raw", derived));
}
