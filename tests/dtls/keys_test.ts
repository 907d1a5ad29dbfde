import { assertEquals } from "@std/assert";
import { concat, toHex } from "../../core/wire/mod.ts";
import { cipherSuite } from "../../dtls/cipher_suites.ts";
import { prf } from "../../dtls/keys/prf.ts";
import { Secrets } from "../../dtls/keys/secrets.ts";
import { DTLS_SRTP_LABEL } from "../../dtls/mod.ts";
import { crypto } from "./support.ts";
import { hex, vector } from "./vectors.ts";

Deno.test("the PRF gives the published output (RFC 5246 section 5)", () => {
  const { secret, label, seed, expect } = vector("TLS 1.2 PRF with SHA-256");
  const length = expect.length / 2;
  assertEquals(toHex(prf(crypto, hex(secret), label, hex(seed), length)), expect);
});

Deno.test("the PRF makes a master secret (RFC 5246 section 8.1)", () => {
  const { preMasterSecret, clientRandom, serverRandom, expect } = vector(
    "master secret without the extended one",
  );
  const seed = concat([hex(clientRandom), hex(serverRandom)]);
  assertEquals(toHex(prf(crypto, hex(preMasterSecret), "master secret", seed, 48)), expect);
});

Deno.test("the PRF gives exactly as many bytes as are asked for", () => {
  const long = prf(crypto, Uint8Array.of(1), "x", Uint8Array.of(2), 100);
  for (const length of [0, 1, 31, 32, 33, 64, 99]) {
    assertEquals(
      prf(crypto, Uint8Array.of(1), "x", Uint8Array.of(2), length),
      long.slice(0, length),
    );
  }
});

Deno.test("the exporter gives the keys of DTLS-SRTP (RFC 5705 section 4, RFC 5764 section 4.2)", () => {
  const { masterSecret, clientRandom, serverRandom, expect } = vector(
    "DTLS-SRTP keys by the exporter",
  );
  const secrets = new Secrets(crypto, hex(masterSecret), hex(clientRandom), hex(serverRandom));
  const [keyLength, saltLength] = [16, 14]; // of SRTP_AES128_CM_HMAC_SHA1_80
  const material = secrets.export(DTLS_SRTP_LABEL, 2 * (keyLength + saltLength));
  assertEquals(toHex(material), expect.keyingMaterial);
  assertEquals(toHex(material.subarray(0, keyLength)), expect.clientKey);
  assertEquals(toHex(material.subarray(2 * keyLength + saltLength)), expect.serverSalt);
});

Deno.test("the key block has two keys, then two IVs (RFC 5246 section 6.3)", () => {
  const { masterSecret, expect } = vector("DTLS 1.2 handshake, all datagrams");
  const { clientRandom, serverRandom } = vector("DTLS-SRTP keys by the exporter"); // of the same handshake
  const secrets = new Secrets(crypto, hex(masterSecret), hex(clientRandom), hex(serverRandom));
  const { client, server } = secrets.keyBlock(cipherSuite(0xc02b)!);
  assertEquals(toHex(client.key), expect.clientWriteKey);
  assertEquals(toHex(server.key), expect.serverWriteKey);
  assertEquals(toHex(client.iv), expect.clientWriteIv);
  assertEquals(toHex(server.iv), expect.serverWriteIv);
});
