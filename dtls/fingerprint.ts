import type { CryptoProvider, HashName } from "../core/crypto/provider.ts";
import { fromHex } from "../core/wire/mod.ts";

/** A certificate's fingerprint, as in `a=fingerprint` of SDP (RFC 8122 section 5). */
export interface Fingerprint {
  /** The hash function by its textual name, of either case: "sha-256". */
  readonly algorithm: string;
  /** The digest: pairs of hexadecimal digits of either case, joined by colons. */
  readonly value: string;
}

/** Our order of preference: the strongest first. MD5 must not be used (RFC 8122 section 5). */
const PREFERENCE: readonly HashName[] = ["sha-512", "sha-384", "sha-256", "sha-224", "sha-1"];

/**
 * The fingerprint of a certificate: upper-case pairs of hexadecimal digits, joined by colons (RFC 8122 section 5).
 *
 * @example
 * ```ts
 * import { fingerprintOf } from "@heron/webrtc/dtls";
 * import { nodeProvider } from "@heron/webrtc/core";
 * import { assertMatch } from "@std/assert";
 *
 * const { der } = nodeProvider.generateCertificate({ keyType: "ecdsa-p256", now: Date.now(), lifetime: 86_400_000 });
 * assertMatch(fingerprintOf(nodeProvider, der, "sha-256"), /^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/);
 * ```
 *
 * @param der the certificate
 * @param algorithm the hash function, "sha-256" by default
 */
export function fingerprintOf(
  crypto: CryptoProvider,
  der: Uint8Array,
  algorithm: HashName = "sha-256",
): string {
  return Array.from(
    crypto.hash(algorithm, der),
    (byte) => byte.toString(16).padStart(2, "0").toUpperCase(),
  ).join(":");
}

/**
 * Whether a certificate is the one that the signalling promised.
 *
 * RFC 8122 section 5: of the hash functions that were offered, the one we prefer decides alone; any of its fingerprints may match.
 * A weaker hash that matches can't make up for a stronger one that doesn't, nor does one that we don't know count for anything.
 */
export function matchesFingerprint(
  crypto: CryptoProvider,
  der: Uint8Array,
  fingerprints: readonly Fingerprint[],
): boolean {
  const best = PREFERENCE.find((name) => fingerprints.some((one) => uses(one, name)));
  if (best === undefined) return false;
  const digest = crypto.hash(best, der);
  return fingerprints.some((one) => {
    if (!uses(one, best)) return false;
    const promised = parseDigest(one.value);
    return promised !== undefined && crypto.equal(promised, digest);
  });
}

function uses(fingerprint: Fingerprint, name: HashName): boolean {
  return fingerprint.algorithm.toLowerCase() === name;
}

function parseDigest(value: string): Uint8Array | undefined {
  return /^[0-9a-f]{2}(:[0-9a-f]{2})*$/i.test(value)
    ? fromHex(value.replaceAll(":", ""))
    : undefined;
}
