/**
 * Encryption and decryption of one frame (RFC 9605 sections 4.4.3 and 4.4.4).
 *
 * @module
 */
import { concat } from "../../../core/wire/mod.ts";
import { NONCE_LENGTH } from "./cipher_suites.ts";
import { type SFrameHeader, writeSFrameHeader } from "./header.ts";
import type { SFrameKey } from "./key_schedule.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** `encrypt`: the header, the ciphertext and its tag. `metadata` is authenticated, too, though it does not travel with them. */
export async function encryptFrame(
  key: SFrameKey,
  ctr: bigint,
  plaintext: Bytes,
  metadata: Bytes = NOTHING,
): Promise<Bytes> {
  const header = writeSFrameHeader({ kid: key.kid, ctr });
  const aad = concat([header, metadata]);
  return concat([header, await key.aead.encrypt(nonceOf(key, ctr), aad, plaintext)]);
}

/** `decrypt`, for a ciphertext whose header has been parsed, and has `length` bytes; undefined if it is not authentic. */
export function decryptFrame(
  key: SFrameKey,
  { header, length }: { readonly header: SFrameHeader; readonly length: number },
  data: Bytes,
  metadata: Bytes = NOTHING,
): Promise<Bytes | undefined> {
  const aad = concat([data.subarray(0, length), metadata]);
  return key.aead.decrypt(nonceOf(key, header.ctr), aad, data.subarray(length));
}

/** W3C WebRTC Encoded Transform has no metadata. */
const NOTHING = new Uint8Array(0);

/** The counter, XORed into the salt. */
function nonceOf({ salt }: SFrameKey, ctr: bigint): Bytes {
  const nonce = salt.slice();
  const view = new DataView(nonce.buffer);
  const at = NONCE_LENGTH - 8;
  view.setBigUint64(at, view.getBigUint64(at) ^ ctr);
  return nonce;
}
