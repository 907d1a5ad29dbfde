import { assert, assertEquals } from "@std/assert";
import type { HashName } from "../../core/crypto/provider.ts";
import { AlertDescription, type Fingerprint, fingerprintOf } from "../../dtls/mod.ts";
import { matchesFingerprint } from "../../dtls/fingerprint.ts";
import { bothConnected, certificate, crypto, sha256, startedPair, text } from "./support.ts";
import { hex, vector } from "./vectors.ts";

const HASHES = ["sha-1", "sha-224", "sha-256", "sha-384", "sha-512"] as const;
const { der: derHex, expect } = vector("certificate fingerprint");
const der = hex(derHex);

function print(algorithm: HashName, of: Uint8Array = der): Fingerprint {
  return { algorithm, value: fingerprintOf(crypto, of, algorithm) };
}

const wrong = (algorithm: HashName) => print(algorithm, certificate("ecdsa-p256", "other").der);

Deno.test("fingerprintOf gives what OpenSSL gives (RFC 8122 section 5)", () => {
  for (const algorithm of ["sha-1", "sha-256", "sha-512"] as const) {
    assertEquals(fingerprintOf(crypto, der, algorithm), expect[algorithm]);
  }
});

for (const algorithm of HASHES) {
  Deno.test(`a fingerprint with ${algorithm} matches its certificate only, in either case`, () => {
    const { value } = print(algorithm);
    assert(matchesFingerprint(crypto, der, [{ algorithm, value }]));
    assert(matchesFingerprint(crypto, der, [{ algorithm, value: value.toLowerCase() }]));
    assert(matchesFingerprint(crypto, der, [{ algorithm: algorithm.toUpperCase(), value }]));
    assert(!matchesFingerprint(crypto, der, [wrong(algorithm)]));
  });
}

Deno.test("any of several fingerprints of the preferred hash may match (RFC 8122 section 5)", () => {
  assert(matchesFingerprint(crypto, der, [wrong("sha-256"), print("sha-256")]));
  assert(!matchesFingerprint(crypto, der, [wrong("sha-256"), wrong("sha-256")]));
});

Deno.test("a weaker hash that matches doesn't make up for a stronger one that doesn't (RFC 8122 section 5)", () => {
  assert(!matchesFingerprint(crypto, der, [wrong("sha-512"), print("sha-256"), print("sha-1")]));
  assert(matchesFingerprint(crypto, der, [print("sha-512"), wrong("sha-256")]));
});

Deno.test("unknown hash functions, MD5 among them, count for nothing (RFC 8122 section 5)", () => {
  assert(!matchesFingerprint(crypto, der, []));
  assert(!matchesFingerprint(crypto, der, [print("md5")]));
  assert(
    !matchesFingerprint(crypto, der, [{ algorithm: "sha3-256", value: print("sha-256").value }]),
  );
  assert(matchesFingerprint(crypto, der, [print("md5"), print("sha-256")]));
});

Deno.test("a malformed fingerprint matches nothing", () => {
  const { value } = print("sha-256");
  for (
    const bad of [
      "",
      ":",
      value.slice(0, -1),
      value.slice(0, -3),
      value.replaceAll(":", ""),
      `${value}:00`,
    ]
  ) {
    assert(!matchesFingerprint(crypto, der, [{ algorithm: "sha-256", value: bad }]), bad);
  }
});

const other = sha256(certificate("ecdsa-p256", "other").der);
const wrongs: [string, Fingerprint[]][] = [
  ["a wrong fingerprint", [other]],
  ["no fingerprint", []],
  ["only an unknown hash", [{ algorithm: "md5", value: "00" }]],
];

for (const [name, fingerprints] of wrongs) {
  Deno.test(`a client that was given ${name} fails before any key or data`, () => {
    const pair = startedPair({ aExpects: fingerprints });
    pair.run("b", (b, now) => b.handleOutbound([text("secret")], now));
    pair.until(() => pair.a.done);
    pair.advance(2000);
    assertEquals(pair.a.failure?.code, AlertDescription.badCertificate);
    assertEquals(pair.a.failure?.received, false);
    assertEquals(pair.b.failure?.code, AlertDescription.badCertificate);
    assertEquals(pair.b.failure?.received, true);
    assert(pair.events.a.every(({ type }) => type !== "keys"));
    assert(pair.events.b.every(({ type }) => type !== "keys"));
    assertEquals([pair.received.a, pair.received.b], [[], []]);
    assertEquals(pair.a.remoteCertificates, []);
  });

  Deno.test(`a server that was given ${name} fails before any key or data`, () => {
    const pair = startedPair({ bExpects: fingerprints });
    pair.run("a", (a, now) => a.handleOutbound([text("secret")], now));
    pair.until(() => pair.b.done);
    pair.advance(2000);
    assertEquals(pair.b.failure?.code, AlertDescription.badCertificate);
    assertEquals(pair.a.failure?.code, AlertDescription.badCertificate);
    assert(pair.events.b.every(({ type }) => type !== "keys"));
    assertEquals([pair.received.a, pair.received.b], [[], []]);
    assertEquals(pair.b.remoteCertificates, []);
  });
}

Deno.test("a certificate is not compared with one's own fingerprint", () => {
  const own = sha256(certificate("ecdsa-p256", "a").der);
  const pair = startedPair({ aExpects: [own] });
  pair.until(() => pair.a.done);
  assertEquals(pair.a.failure?.code, AlertDescription.badCertificate);
});

for (const algorithm of HASHES) {
  Deno.test(`a handshake with fingerprints of ${algorithm}`, () => {
    const of = (name: string) => print(algorithm, certificate("ecdsa-p256", name).der);
    const pair = startedPair({ aExpects: [of("b")], bExpects: [of("a")] });
    pair.until(() => bothConnected(pair));
  });
}
