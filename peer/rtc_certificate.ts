import { type Certificate, nodeProvider } from "../core/mod.ts";
import { fingerprintOf } from "../dtls/mod.ts";
import {
  dictionary,
  domString,
  enforcedUnsignedLong,
  enforcedUnsignedLongLong,
} from "../webidl/convert.ts";
import { construct, slotsOfNew } from "../webidl/construct.ts";
import { defineInterface } from "../webidl/interface.ts";

/** The fingerprint of a certificate (W3C WebRTC section 5.5.2). */
export interface RTCDtlsFingerprint {
  /** The hash function, by its name in RFC 8122 section 5. */
  algorithm?: string;
  /** Lower-case hexadecimal with a colon after each byte (RFC 8122 section 5). */
  value?: string;
}

/** The lifetime of a certificate where none is asked for: 30 days, as in browsers. */
const DEFAULT_LIFETIME = 30 * 24 * 3600 * 1000;
/** The longest lifetime: a year, as W3C WebRTC section 4.9.1 recommends. */
const MAX_LIFETIME = 365 * 24 * 3600 * 1000;
/** RSA moduli outside these are refused: weaker ones by everyone, longer ones take seconds to make. */
const MIN_RSA_BITS = 1024, MAX_RSA_BITS = 4096;

let certificateOf: (certificate: RTCCertificate) => Certificate;

/** A certificate that a connection can authenticate itself with (W3C WebRTC section 4.9.2). `RTCPeerConnection.generateCertificate` makes it. */
export class RTCCertificate {
  static {
    certificateOf = (certificate) => certificate.#certificate;
  }

  readonly #certificate: Certificate = slotsOfNew<Certificate>();

  /** When it ends, in milliseconds of Unix time. */
  get expires(): number {
    return this.#certificate.expires;
  }

  /** Its fingerprints, one for each hash function that Heron offers. */
  getFingerprints(): RTCDtlsFingerprint[] {
    const value = fingerprintOf(nodeProvider, this.#certificate.der, "sha-256").toLowerCase();
    return [{ algorithm: "sha-256", value }];
  }
}

defineInterface(RTCCertificate);

export { certificateOf };

/** Makes a certificate with an ECDSA key, which takes a millisecond. */
export function defaultCertificate(): RTCCertificate {
  const now = Date.now();
  return construct(
    RTCCertificate,
    nodeProvider.generateCertificate({ keyType: "ecdsa-p256", now, lifetime: DEFAULT_LIFETIME }),
  );
}

const expiration = dictionary("RTCCertificateExpiration", {
  expires: { convert: enforcedUnsignedLongLong },
});
const algorithmName = dictionary("Algorithm", { name: { convert: domString, required: true } });
const hashed = dictionary("RsaHashedKeyGenParams", {
  modulusLength: { convert: enforcedUnsignedLong, required: true },
  publicExponent: { convert: (value) => value, required: true },
  hash: { convert: (value) => value, required: true },
});
const ecKeyGenParams = dictionary("EcKeyGenParams", {
  namedCurve: { convert: domString, required: true },
});

/** `RTCPeerConnection.generateCertificate` (W3C WebRTC section 4.9.1). */
export async function generateCertificate(keygenAlgorithm: unknown): Promise<RTCCertificate> {
  const context = "RTCPeerConnection.generateCertificate";
  const { expires } = typeof keygenAlgorithm === "string"
    ? {}
    : expiration(keygenAlgorithm, context);
  const key = keyOptions(keygenAlgorithm, context);
  const lifetime = Math.min(expires ?? DEFAULT_LIFETIME, MAX_LIFETIME);
  await Promise.resolve(); // the key is made in parallel, in the standard's sense: after the caller has its promise
  return construct(
    RTCCertificate,
    nodeProvider.generateCertificate({ ...key, now: Date.now(), lifetime }),
  );
}

function keyOptions(
  algorithm: unknown,
  context: string,
): { keyType: "ecdsa-p256" } | { keyType: "rsa"; modulusLength: number } {
  const name = typeof algorithm === "string" ? algorithm : algorithmName(algorithm, context).name;
  switch (name.toUpperCase()) {
    case "ECDSA": {
      if (typeof algorithm === "string") break; // EcKeyGenParams requires a curve
      if (ecKeyGenParams(algorithm, context).namedCurve !== "P-256") break;
      return { keyType: "ecdsa-p256" };
    }
    case "RSASSA-PKCS1-V1_5": {
      if (typeof algorithm === "string") break;
      const { modulusLength, publicExponent, hash } = hashed(algorithm, context);
      const bits = modulusLength >= MIN_RSA_BITS && modulusLength <= MAX_RSA_BITS;
      if (!bits || !isF4(publicExponent) || hashName(hash, context) !== "SHA-256") break;
      return { keyType: "rsa", modulusLength };
    }
  }
  throw new DOMException(
    `${context}: supported are ECDSA with P-256, and RSASSA-PKCS1-v1_5 with SHA-256, exponent 65537 and 1024 to 4096 bits`,
    "NotSupportedError",
  );
}

function isF4(exponent: unknown): boolean {
  return exponent instanceof Uint8Array &&
    exponent.reduce((value, byte) => value * 256 + byte, 0) === 65537;
}

function hashName(hash: unknown, context: string): string {
  return (typeof hash === "string" ? hash : algorithmName(hash, context).name).toUpperCase();
}
