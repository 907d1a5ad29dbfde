import { nodeProvider } from "../../core/mod.ts";
import { fingerprintOf } from "../../dtls/mod.ts";
import type { RTCStats, StatsCollector } from "./stats.ts";

/** Of a certificate of either end (webrtc-stats section 8.20). */
export interface RTCCertificateStats extends RTCStats {
  /** Always this. */
  type: "certificate";
  /** Upper-case pairs of hexadecimal digits, joined by colons (RFC 8122 section 5). */
  fingerprint: string;
  /** The hash function of the fingerprint, by its name in RFC 8122 section 5. */
  fingerprintAlgorithm: string;
  /** DER in base64. */
  base64Certificate: string;
  /** The next certificate of the chain; missing at its end. */
  issuerCertificateId?: string;
}

/** A certificate, and the object that stands for it from report to report. */
export interface InspectedCertificate {
  readonly inspected: object;
  readonly der: Uint8Array;
}

/** Adds a chain of certificates; returns the id of the first, if there is one. */
export function addCertificates(
  stats: StatsCollector,
  chain: readonly InspectedCertificate[],
): string | undefined {
  const [first, ...issuers] = chain;
  if (first === undefined) return undefined;
  return stats.add<RTCCertificateStats>("certificate", first.inspected, {
    fingerprint: fingerprintOf(nodeProvider, first.der, "sha-256"),
    fingerprintAlgorithm: "sha-256",
    base64Certificate: new Uint8Array(first.der).toBase64(),
    issuerCertificateId: addCertificates(stats, issuers),
  });
}
