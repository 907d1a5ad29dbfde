import { nodeProvider } from "../../core/mod.ts";
import { type Fingerprint, matchesFingerprint } from "../../dtls/mod.ts";

/** What is known of a peer: its certificate, once it has shown it, and what its last description promised of it. */
export interface KnownPeer {
  readonly certificate: Uint8Array | undefined;
  readonly fingerprints: readonly Fingerprint[];
}

/**
 * Whether a description's fingerprints are those of the peer that we know: a peer may tell of one certificate by other hash functions than
 * before.
 */
export function isSamePeer(
  { certificate, fingerprints }: KnownPeer,
  others: readonly Fingerprint[],
): boolean {
  if (certificate !== undefined) return matchesFingerprint(nodeProvider, certificate, others);
  return fingerprints.some((one) => others.some((other) => textOf(one) === textOf(other)));
}

/** RFC 8122 section 5: neither part depends on case. */
function textOf({ algorithm, value }: Fingerprint): string {
  return `${algorithm} ${value}`.toLowerCase();
}
