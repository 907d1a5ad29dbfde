/**
 * A writer for the one shape of certificate that WebRTC needs: self-signed, version 3, no extensions (RFC 5280 section 4.1). The
 * peer looks at nothing but its fingerprint and its key, so forty lines of DER do, where a library brings a whole PKI.
 *
 * @module
 */
import { concat } from "../wire/bytes.ts";

/** What goes into a certificate. */
export interface CertificateFields {
  /** Positive, at most 20 bytes (RFC 5280 section 4.1.2.2). */
  readonly serialNumber: Uint8Array;
  /** The common name of subject and issuer. */
  readonly commonName: string;
  /** Start of validity, in milliseconds of Unix time. */
  readonly notBefore: number;
  /** End of validity. */
  readonly notAfter: number;
  /** DER of the SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** How it is signed. */
  readonly algorithm: "ecdsa-sha256" | "rsa-pkcs1-sha256";
}

/** DER of a self-signed certificate; `sign` gets the bytes of the TBSCertificate. */
export function writeSelfSigned(
  fields: CertificateFields,
  sign: (tbs: Uint8Array) => Uint8Array,
): Uint8Array<ArrayBuffer> {
  const algorithm = fields.algorithm === "ecdsa-sha256"
    ? sequence(oid(ECDSA_WITH_SHA256))
    : sequence(oid(SHA256_WITH_RSA), element(NULL, new Uint8Array(0)));
  const name = sequence(
    element(
      SET,
      sequence(oid(COMMON_NAME), element(UTF8_STRING, new TextEncoder().encode(fields.commonName))),
    ),
  );
  const tbs = sequence(
    element(VERSION, integer(Uint8Array.of(2))),
    integer(fields.serialNumber),
    algorithm,
    name,
    sequence(time(fields.notBefore), time(fields.notAfter)),
    name,
    fields.publicKey,
  );
  return sequence(tbs, algorithm, element(BIT_STRING, Uint8Array.of(0), sign(tbs)));
}

const INTEGER = 0x02, BIT_STRING = 0x03, NULL = 0x05, OID = 0x06, UTF8_STRING = 0x0c;
const UTC_TIME = 0x17, GENERALIZED_TIME = 0x18, SEQUENCE = 0x30, SET = 0x31, VERSION = 0xa0;
const ECDSA_WITH_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const SHA256_WITH_RSA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
const COMMON_NAME = [0x55, 0x04, 0x03];

function element(tag: number, ...content: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const body = concat(content);
  const header = body.length < 0x80
    ? [tag, body.length]
    : body.length < 0x100
    ? [tag, 0x81, body.length]
    : [tag, 0x82, body.length >> 8, body.length & 0xff];
  return concat([Uint8Array.from(header), body]);
}

const sequence = (...content: Uint8Array[]) => element(SEQUENCE, ...content);
const oid = (bytes: readonly number[]) => element(OID, Uint8Array.from(bytes));

/** A leading zero keeps the number positive. */
const integer = (bytes: Uint8Array) =>
  element(INTEGER, bytes[0]! & 0x80 ? concat([Uint8Array.of(0), bytes]) : bytes);

/** RFC 5280 section 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050. */
function time(millis: number): Uint8Array<ArrayBuffer> {
  const digits = new Date(millis).toISOString().replace(/[-:T]/g, "").slice(0, 14) + "Z";
  const text = new TextEncoder();
  return digits < "2050"
    ? element(UTC_TIME, text.encode(digits.slice(2)))
    : element(GENERALIZED_TIME, text.encode(digits));
}
