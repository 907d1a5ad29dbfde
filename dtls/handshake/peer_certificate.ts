import type { PeerCertificate } from "../../core/crypto/provider.ts";
import { AlertDescription } from "../alert.ts";
import { matchesFingerprint } from "../fingerprint.ts";
import { parseCertificateChain } from "../messages/certificate.ts";
import type { DigitallySigned } from "../messages/digitally_signed.ts";
import { schemeFor } from "../signature_schemes.ts";
import type { HandshakeContext } from "./context.ts";
import { HandshakeFailure } from "./state.ts";

/** A peer's chain whose first certificate is the one that the signalling promised. Its key is yet to be proved. */
export interface VerifiedChain {
  readonly certificate: PeerCertificate;
  /** DER, the peer's own certificate first. */
  readonly chain: readonly Uint8Array[];
}

/**
 * Takes a Certificate message. The fingerprint is the only thing that makes the certificate the peer's (RFC 8122 section 6.2): names,
 * dates and issuers mean nothing here. It is checked before anything else is done with the peer's keys.
 */
export function verifyCertificateMessage(
  body: Uint8Array,
  { crypto, config }: HandshakeContext,
): VerifiedChain | HandshakeFailure {
  const chain = parseCertificateChain(body);
  if (chain === undefined) {
    return new HandshakeFailure(AlertDescription.decodeError, "malformed Certificate");
  }
  const own = chain[0];
  if (own === undefined) { // RFC 8122 section 6.2
    return new HandshakeFailure(AlertDescription.badCertificate, "the peer has no certificate");
  }
  if (!matchesFingerprint(crypto, own, config.remoteFingerprints)) {
    return new HandshakeFailure(
      AlertDescription.badCertificate,
      "the peer's certificate has none of the fingerprints that were signalled",
    );
  }
  const certificate = crypto.parseCertificate(own);
  if (certificate === undefined) {
    return new HandshakeFailure(
      AlertDescription.unsupportedCertificate,
      "malformed certificate, or one with an unknown kind of key",
    );
  }
  return { certificate, chain };
}

/** Checks a signature of the peer over `data`; undefined if it is good. */
export function verifySignature(
  certificate: PeerCertificate,
  { scheme: id, signature }: DigitallySigned,
  data: Uint8Array,
  message: string,
): HandshakeFailure | undefined {
  const scheme = schemeFor(id, certificate.keyType);
  if (scheme === undefined) {
    return new HandshakeFailure(
      AlertDescription.illegalParameter,
      `${message} is signed with scheme ${id}, which the certificate's key or this side doesn't know`,
    );
  }
  return certificate.verify(scheme.name, data, signature)
    ? undefined
    : new HandshakeFailure(AlertDescription.decryptError, `the signature of ${message} is wrong`);
}
