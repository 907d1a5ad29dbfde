import { assert, assertEquals } from "@std/assert";
import { CIPHER_SUITES } from "../../dtls/mod.ts";
import { bothConnected, certificate, connectedPair, startedPair, text } from "./support.ts";

for (const suite of CIPHER_SUITES) {
  for (const group of ["x25519", "secp256r1"] as const) {
    for (const clientKey of ["ecdsa-p256", "rsa"] as const) {
      const serverKey = suite.authentication === "rsa" ? "rsa" : "ecdsa-p256";
      Deno.test(`a handshake with ${suite.name}, ${group} and a client key ${clientKey}`, () => {
        const pair = connectedPair({
          a: { cipherSuites: [suite.id], certificate: certificate(clientKey, "a") },
          b: { groups: [group], certificate: certificate(serverKey, "b") },
        });
        for (const end of [pair.a, pair.b]) {
          assertEquals(end.cipherSuite, suite.name);
          assertEquals(end.group, group);
          assertEquals(end.tlsVersion, 0xfefd);
        }
        assertEquals(pair.a.remoteCertificates, [certificate(serverKey, "b").der]);
        assertEquals(pair.b.remoteCertificates, [certificate(clientKey, "a").der]);
        assertEquals(
          pair.a.exportKeyingMaterial("EXTRACTOR-dtls_srtp", 60),
          pair.b.exportKeyingMaterial("EXTRACTOR-dtls_srtp", 60),
        );
        pair.run("a", (a, now) => a.handleOutbound([text("one"), text("two")], now));
        pair.run("b", (b, now) => b.handleOutbound([text("three")], now));
        pair.advance(50);
        assertEquals(pair.received.b, [text("one"), text("two")]);
        assertEquals(pair.received.a, [text("three")]);
      });
    }
  }
}

Deno.test("without loss a handshake takes two round trips and five datagrams at most", () => {
  const pair = startedPair();
  pair.until(() => bothConnected(pair));
  assertEquals(pair.now, 1040);
  assert(pair.sent.a.length + pair.sent.b.length <= 5);
});
