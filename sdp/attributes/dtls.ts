import { fieldsOf, isToken } from "../grammar.ts";
import { inherited, inheritedAll } from "../lookup.ts";
import type { MediaDescription, SessionDescription } from "../model.ts";

/** The hash of a certificate (RFC 8122 section 5). */
export interface Fingerprint {
  /** Name of the hash function in lower case: "sha-256", ... */
  readonly algorithm: string;
  /** Bytes in upper-case hexadecimal, joined by colons. */
  readonly value: string;
}

/** Which side opens the connection, and so is the DTLS client (RFC 4145 section 4, RFC 8842 section 5.2). */
export type Setup = "active" | "passive" | "actpass" | "holdconn";

/** Bytes of the hash functions that RFC 8122 section 5 names. */
const HASH_LENGTHS: ReadonlyMap<string, number> = new Map([
  ["md2", 16],
  ["md5", 16],
  ["sha-1", 20],
  ["sha-224", 28],
  ["sha-256", 32],
  ["sha-384", 48],
  ["sha-512", 64],
]);

/** Bytes of the longest hash that we take from a function of unknown name. */
const MAX_HASH_LENGTH = 64;

/**
 * Parses the value of `a=fingerprint` (RFC 8122 section 5), in either case. A function that we do not know is no fault: a section can
 * have one more fingerprint of a function that we know.
 *
 * @example
 * ```ts
 * import { parseFingerprint } from "@heron/webrtc/sdp";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseFingerprint("SHA-1 42:89:c5:c6:55:9d:6e:c8:e8:83:55:2a:39:f9:b6:eb:e9:a3:a9:e7"), {
 *   algorithm: "sha-1",
 *   value: "42:89:C5:C6:55:9D:6E:C8:E8:83:55:2A:39:F9:B6:EB:E9:A3:A9:E7",
 * });
 * assertEquals(parseFingerprint("sha-1 42:89"), undefined);
 * ```
 */
export function parseFingerprint(value: string | undefined): Fingerprint | undefined {
  if (value === undefined) return undefined;
  const [name, hash, ...more] = fieldsOf(value);
  if (name === undefined || hash === undefined || more.length > 0 || !isToken(name)) {
    return undefined;
  }
  const algorithm = name.toLowerCase();
  const length = HASH_LENGTHS.get(algorithm);
  if (hash.length > 3 * MAX_HASH_LENGTH - 1) return undefined;
  if (length !== undefined && hash.length !== 3 * length - 1) return undefined;
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2})*$/i.test(hash)) return undefined;
  return { algorithm, value: hash.toUpperCase() };
}

/** Writes the value of `a=fingerprint`. */
export function writeFingerprint(fingerprint: Fingerprint): string {
  return `${fingerprint.algorithm} ${fingerprint.value}`;
}

/** The fingerprints of a section: its own or the session's. One that matches the certificate is enough (RFC 8122 section 5). */
export function fingerprintsOf(
  session: SessionDescription,
  media: MediaDescription,
): Fingerprint[] {
  return inheritedAll(session, media, "fingerprint")
    .map(({ value }) => parseFingerprint(value))
    .filter((fingerprint) => fingerprint !== undefined);
}

/** Parses the value of `a=setup` (RFC 4145 section 4). */
export function parseSetup(value: string | undefined): Setup | undefined {
  switch (value) {
    case "active":
    case "passive":
    case "actpass":
    case "holdconn":
      return value;
    default:
      return undefined;
  }
}

/** The role that a section asks for, its own or the session's; undefined if it tells none. */
export function setupOf(session: SessionDescription, media: MediaDescription): Setup | undefined {
  return parseSetup(inherited(session, media, "setup")?.value);
}

/** Parses the value of `a=tls-id` (RFC 8842 section 4): 20 to 255 characters; a new one asks for a new DTLS association. */
export function parseTlsId(value: string | undefined): string | undefined {
  return value !== undefined && /^[A-Za-z0-9+/\-_]{20,255}$/.test(value) ? value : undefined;
}
