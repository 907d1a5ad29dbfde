import { assert, assertEquals, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import * as node from "node:crypto";
import { nodeProvider as provider } from "../../../core/crypto/node_provider.ts";
import type { CertificateOptions, KeyType, SignatureName } from "../../../core/crypto/provider.ts";
import { writeSelfSigned } from "../../../core/crypto/x509.ts";
import { toHex } from "../../../core/wire/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";

const DAY = 24 * 3600 * 1000;
const NOW = Date.UTC(2026, 0, 31, 12, 30, 15);
const DATA = new TextEncoder().encode("signed data");

const ecdsa: CertificateOptions = { keyType: "ecdsa-p256", now: NOW, lifetime: 30 * DAY };

function read(der: Uint8Array): node.X509Certificate {
  return new node.X509Certificate(Buffer.from(der));
}

Deno.test("RFC 5280 section 4.1: a self-signed certificate is read back by another implementation", () => {
  for (const options of [ecdsa, { ...ecdsa, keyType: "rsa" as const }]) {
    const { der, key, expires } = provider.generateCertificate(options);
    const certificate = read(der);
    assertEquals(certificate.subject, "CN=WebRTC");
    assertEquals(certificate.issuer, "CN=WebRTC");
    assert(certificate.verify(certificate.publicKey), "signed with its own key");
    assertEquals(Date.parse(certificate.validFrom), NOW - DAY);
    assertEquals(Date.parse(certificate.validTo), NOW + 30 * DAY);
    assertEquals(expires, NOW + 30 * DAY);
    assertEquals(key.type, options.keyType);
    assertEquals(toHex(new Uint8Array(certificate.raw)), toHex(der), "nothing left over");
  }
});

Deno.test("RFC 5280 section 4.1.2.5: validity is written as UTCTime through 2049, as GeneralizedTime from 2050", () => {
  const start = Date.UTC(2049, 11, 31, 12, 0, 0);
  const { der } = provider.generateCertificate({ ...ecdsa, now: start, lifetime: DAY });
  const text = new TextDecoder("latin1").decode(der);
  assert(text.includes("\x17\x0d491230120000Z\x18\x0f20500101120000Z"));
  assertEquals(Date.parse(read(der).validFrom), start - DAY);
  assertEquals(Date.parse(read(der).validTo), start + DAY);
  const last = provider.generateCertificate({
    ...ecdsa,
    now: Date.UTC(2049, 11, 31, 23, 59, 58),
    lifetime: 1000,
  });
  assert(new TextDecoder("latin1").decode(last.der).includes("\x17\x0d491231235959Z"));
});

Deno.test("RFC 5280 section 4.1.2.2: serial numbers are positive, at most 20 bytes, and not the same twice", () => {
  const serials = Array.from(
    { length: 8 },
    () => read(provider.generateCertificate(ecdsa).der).serialNumber,
  );
  assertEquals(new Set(serials).size, serials.length);
  for (const serial of serials) {
    assertEquals(serial.length, 32);
    assert(parseInt(serial.slice(0, 2), 16) < 0x80, serial);
  }
});

Deno.test("RSA keys have the size that was asked for", () => {
  const { der } = provider.generateCertificate({
    ...ecdsa,
    keyType: "rsa",
    modulusLength: 3072,
  });
  assertEquals(read(der).publicKey.asymmetricKeyDetails?.modulusLength, 3072);
});

/** A certificate for any key that node can make, and that key. */
function certificateOf(pair: node.KeyPairKeyObjectResult) {
  const der = writeSelfSigned({
    serialNumber: Uint8Array.of(1),
    commonName: "test",
    notBefore: NOW,
    notAfter: NOW + DAY,
    publicKey: new Uint8Array(pair.publicKey.export({ type: "spki", format: "der" })),
    algorithm: "ecdsa-sha256",
  }, () => new Uint8Array(8)); // the peer's own signature is never looked at
  return { der, privateKey: pair.privateKey };
}

const pss = { padding: node.constants.RSA_PKCS1_PSS_PADDING };

Deno.test("RFC 8446 section 4.2.3: signatures of every kind of key are verified, and only with its algorithms", () => {
  const rsa = node.generateKeyPairSync("rsa", { modulusLength: 2048 });
  const p256 = node.generateKeyPairSync("ec", { namedCurve: "P-256" });
  const p384 = node.generateKeyPairSync("ec", { namedCurve: "P-384" });
  const ed25519 = node.generateKeyPairSync("ed25519");
  type Case = [node.KeyPairKeyObjectResult, KeyType, SignatureName, string | null, object];
  const cases: Case[] = [
    [p256, "ecdsa-p256", "ecdsa-sha256", "sha256", {}],
    [p256, "ecdsa-p256", "ecdsa-sha384", "sha384", {}],
    [p384, "ecdsa-p384", "ecdsa-sha384", "sha384", {}],
    [rsa, "rsa", "rsa-pkcs1-sha256", "sha256", {}],
    [rsa, "rsa", "rsa-pkcs1-sha512", "sha512", {}],
    [rsa, "rsa", "rsa-pss-sha256", "sha256", { ...pss, saltLength: 32 }],
    [rsa, "rsa", "rsa-pss-sha384", "sha384", { ...pss, saltLength: 48 }],
    [ed25519, "ed25519", "ed25519", null, {}],
  ];
  for (const [pair, keyType, algorithm, hash, options] of cases) {
    const { der, privateKey } = certificateOf(pair);
    const peer = provider.parseCertificate(der)!;
    const signature = node.sign(hash, DATA, { key: privateKey, ...options });
    assertEquals(peer.keyType, keyType);
    assert(peer.verify(algorithm, DATA, signature), `${keyType} ${algorithm}`);
    assert(!peer.verify(algorithm, DATA.subarray(1), signature));
    for (const [, , other] of cases) {
      if (other !== algorithm) {
        assert(!peer.verify(other, DATA, signature), `${algorithm} as ${other}`);
      }
    }
  }
});

Deno.test("Our own keys sign what our own certificates verify", () => {
  for (const keyType of ["ecdsa-p256", "rsa"] as const) {
    const { der, key } = provider.generateCertificate({ ...ecdsa, keyType });
    const peer = provider.parseCertificate(der)!;
    const algorithms: SignatureName[] = keyType === "rsa"
      ? ["rsa-pkcs1-sha256", "rsa-pss-sha256", "rsa-pss-sha512"]
      : ["ecdsa-sha256", "ecdsa-sha512"];
    for (const algorithm of algorithms) {
      assert(peer.verify(algorithm, DATA, key.sign(algorithm, DATA)), algorithm);
    }
    assertThrows(() => key.sign("ed25519", DATA), TypeError);
  }
});

Deno.test("A signature with a broken encoding is false, and a broken certificate undefined: nothing throws", () => {
  const random = new Random(seedForRun("certificates"));
  const { der, key } = provider.generateCertificate(ecdsa);
  const peer = provider.parseCertificate(der)!;
  const signature = key.sign("ecdsa-sha256", DATA);
  for (let i = 0; i < 200; i++) {
    const mutated = random.mutate(signature);
    if (toHex(mutated) !== toHex(signature)) assert(!peer.verify("ecdsa-sha256", DATA, mutated));
    provider.parseCertificate(random.mutate(der))?.verify("ecdsa-sha256", DATA, signature);
  }
  for (
    const bad of [new Uint8Array(0), Uint8Array.of(0x30, 0x84), der.subarray(0, der.length - 1)]
  ) {
    assertEquals(provider.parseCertificate(bad), undefined);
    assert(!peer.verify("ecdsa-sha256", DATA, bad));
  }
});
