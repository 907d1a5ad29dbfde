import { assert, assertEquals, assertNotEquals } from "@std/assert";
import * as node from "node:crypto";
import { nodeProvider as provider } from "../../../core/crypto/node_provider.ts";
import type { HashName } from "../../../core/crypto/provider.ts";
import { concat, fromHex, toHex } from "../../../core/wire/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";

const hex = (text: string) => fromHex(text)!;
const ascii = (text: string) => new TextEncoder().encode(text);

Deno.test("RFC 1321, RFC 3174 and FIPS 180-4: digests of abc, whole and in parts", () => {
  const digests: Record<HashName, string> = {
    "md5": "900150983cd24fb0d6963f7d28e17f72",
    "sha-1": "a9993e364706816aba3e25717850c26c9cd0d89d",
    "sha-224": "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
    "sha-256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "sha-384": "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163" +
      "1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
    "sha-512": "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
  };
  for (const [name, digest] of Object.entries(digests) as [HashName, string][]) {
    assertEquals(toHex(provider.hash(name, ascii("abc"))), digest, name);
    assertEquals(toHex(provider.hash(name, ascii("a"), ascii(""), ascii("bc"))), digest, name);
  }
});

Deno.test("RFC 4231 sections 4.2, 4.3 and 4.7: HMAC with SHA-2, and with a key longer than a block", () => {
  const cases: [key: Uint8Array, data: string, hash: HashName, mac: string][] = [
    [
      new Uint8Array(20).fill(0x0b),
      "Hi There",
      "sha-256",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ],
    [
      new Uint8Array(20).fill(0x0b),
      "Hi There",
      "sha-384",
      "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
    ],
    [
      ascii("Jefe"),
      "what do ya want for nothing?",
      "sha-256",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    [
      new Uint8Array(131).fill(0xaa),
      "Test Using Larger Than Block-Size Key - Hash Key First",
      "sha-256",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ],
    // RFC 2202 section 3
    [
      new Uint8Array(20).fill(0x0b),
      "Hi There",
      "sha-1",
      "b617318655057264e28bc0b6fb378c8ef146be00",
    ],
  ];
  for (const [key, data, hash, mac] of cases) {
    assertEquals(toHex(provider.hmac(hash, key, ascii(data))), mac);
    assertEquals(
      toHex(provider.hmac(hash, key, ascii(data.slice(0, 3)), ascii(data.slice(3)))),
      mac,
    );
  }
});

Deno.test("Secrets are compared by their bytes, and different lengths are different", () => {
  assert(provider.equal(Uint8Array.of(1, 2), Uint8Array.of(0, 1, 2).subarray(1)));
  assert(!provider.equal(Uint8Array.of(1, 2), Uint8Array.of(1, 3)));
  assert(!provider.equal(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 3)));
});

Deno.test("Random bytes are as many as asked for, and not the same twice", () => {
  assertEquals(provider.random(0).length, 0);
  assertNotEquals(toHex(provider.random(16)), toHex(provider.random(16)));
});

/** DER around the 32 bytes of an X25519 key (RFC 8410 sections 4 and 7). */
const PKCS8 = hex("302e020100300506032b656e04220420");
const SPKI = hex("302a300506032b656e032100");

function x25519PrivateKey(bytes: Uint8Array): node.KeyObject {
  return node.createPrivateKey({
    key: concat([PKCS8, bytes]) as never,
    format: "der",
    type: "pkcs8",
  });
}

function x25519PublicKey(bytes: Uint8Array): node.KeyObject {
  return node.createPublicKey({ key: concat([SPKI, bytes]) as never, format: "der", type: "spki" });
}

Deno.test("RFC 7748 section 6.1: X25519 agrees with what the vectors of Alice and Bob prove right", () => {
  const alice = x25519PrivateKey(
    hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"),
  );
  const bob = x25519PrivateKey(
    hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"),
  );
  const bobShare = hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
  const agreed = node.diffieHellman({ privateKey: alice, publicKey: x25519PublicKey(bobShare) });
  assertEquals(
    toHex(agreed),
    "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
  );
  const ours = provider.keyExchange("x25519");
  assertEquals(ours.publicKey.length, 32);
  const theirs = node.diffieHellman({
    privateKey: bob,
    publicKey: x25519PublicKey(ours.publicKey),
  });
  assertEquals(toHex(ours.agree(bobShare)!), toHex(theirs));
});

Deno.test("RFC 7748 section 6.1: points of small order, which would agree on zero, are refused", () => {
  const smallOrder = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // p - 1
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // p
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // p + 1
    "0000000000000000000000000000000000000000000000000000000000000080", // the top bit is ignored
  ];
  const exchange = provider.keyExchange("x25519");
  for (const point of smallOrder) assertEquals(exchange.agree(hex(point)), undefined, point);
  for (const length of [0, 31, 33]) {
    assertEquals(exchange.agree(new Uint8Array(length).fill(9)), undefined);
  }
});

Deno.test("Both sides of an exchange agree, and two exchanges do not", () => {
  for (const group of ["x25519", "secp256r1"] as const) {
    const [a, b, c] = [1, 2, 3].map(() => provider.keyExchange(group));
    assertEquals(toHex(a!.agree(b!.publicKey)!), toHex(b!.agree(a!.publicKey)!));
    assertEquals(a!.agree(b!.publicKey)!.length, 32);
    assertNotEquals(toHex(a!.agree(b!.publicKey)!), toHex(a!.agree(c!.publicKey)!));
  }
});

Deno.test("RFC 8422 section 5.11: what is no point of P-256 is refused", () => {
  const exchange = provider.keyExchange("secp256r1");
  const good = provider.keyExchange("secp256r1").publicKey;
  assertEquals([good.length, good[0]], [65, 4]);
  const offCurve = good.slice();
  offCurve[64]! ^= 1;
  const beyondField = good.slice().fill(0xff, 1, 33);
  const compressed = Uint8Array.of(2 + (good[64]! & 1), ...good.subarray(1, 33));
  const hybrid = Uint8Array.of(6 + (good[64]! & 1), ...good.subarray(1)); // RFC 8422 section 5.4.1 allows neither form
  const bad = [offCurve, beyondField, compressed, hybrid, Uint8Array.of(0), new Uint8Array(0)];
  for (const point of [...bad, new Uint8Array(65), concat([good, Uint8Array.of(0)])]) {
    assertEquals(exchange.agree(point), undefined, toHex(point));
  }
});

Deno.test("A peer's share may be anything: nothing throws", () => {
  const random = new Random(seedForRun("key shares"));
  for (const group of ["x25519", "secp256r1"] as const) {
    const exchange = provider.keyExchange(group);
    const good = provider.keyExchange(group).publicKey;
    for (let i = 0; i < 200; i++) {
      const secret = exchange.agree(random.mutate(good));
      assert(secret === undefined || secret.length === 32);
    }
  }
});
