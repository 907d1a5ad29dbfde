import type { CryptoProvider } from "../../core/crypto/provider.ts";
import { Reader } from "../../core/wire/mod.ts";
import { FINGERPRINT, MESSAGE_INTEGRITY, MESSAGE_INTEGRITY_SHA256 } from "./attribute_types.ts";
import { crc32 } from "./crc32.ts";
import { HEADER_LENGTH, type RawAttribute, type StunMessage } from "./message.ts";

/** XORed onto the CRC-32: "STUN" in ASCII (RFC 8489 section 14.7). */
export const FINGERPRINT_XOR = 0x5354554e;

/** What became of a check of something that a message may carry. */
export type Verdict = "ok" | "bad" | "absent";

const encoder = new TextEncoder();

/** The key of a short-term credential: the password itself (RFC 8489 section 9.1.1). */
export function shortTermKey(password: string): Uint8Array {
  return encoder.encode(password);
}

/** Checks MESSAGE-INTEGRITY (RFC 8489 section 14.5). */
export function checkIntegrity(
  crypto: CryptoProvider,
  message: StunMessage,
  key: Uint8Array,
): Verdict {
  const attribute = message.raw(MESSAGE_INTEGRITY);
  if (attribute === undefined) return "absent";
  if (attribute.value.length !== 20) return "bad";
  const expected = crypto.hmac("sha-1", key, ...coveredBy(attribute, message));
  return crypto.equal(expected, attribute.value) ? "ok" : "bad";
}

/** Checks MESSAGE-INTEGRITY-SHA256, which may be cut to 16 bytes (RFC 8489 section 14.6). */
export function checkIntegritySha256(
  crypto: CryptoProvider,
  message: StunMessage,
  key: Uint8Array,
): Verdict {
  const attribute = message.raw(MESSAGE_INTEGRITY_SHA256);
  if (attribute === undefined) return "absent";
  const length = attribute.value.length;
  if (length < 16 || length > 32 || length % 4 !== 0) return "bad";
  const expected = crypto.hmac("sha-256", key, ...coveredBy(attribute, message));
  return crypto.equal(expected.subarray(0, length), attribute.value) ? "ok" : "bad";
}

/** Checks FINGERPRINT, which must come last (RFC 8489 section 14.7). */
export function checkFingerprint(message: StunMessage): Verdict {
  const attribute = message.raw(FINGERPRINT);
  if (attribute === undefined) return "absent";
  const { value, offset } = attribute;
  if (value.length !== 4 || offset + 8 !== message.bytes.length) return "bad";
  const expected = (crc32(message.bytes.subarray(0, offset)) ^ FINGERPRINT_XOR) >>> 0;
  return new Reader(value).u32() === expected ? "ok" : "bad";
}

/** What stands before the attribute, under a header whose length ends with it. */
function coveredBy(attribute: RawAttribute, message: StunMessage): [Uint8Array, Uint8Array] {
  const header = message.bytes.slice(0, HEADER_LENGTH);
  const end = attribute.offset + 4 + attribute.value.length;
  new DataView(header.buffer).setUint16(2, end - HEADER_LENGTH);
  return [header, message.bytes.subarray(HEADER_LENGTH, attribute.offset)];
}
