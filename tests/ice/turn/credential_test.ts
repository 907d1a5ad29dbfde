import { assert, assertEquals } from "@std/assert";
import { nodeProvider as crypto } from "../../../core/crypto/node_provider.ts";
import { fromHex, toHex } from "../../../core/wire/mod.ts";
import {
  checkIntegritySha256,
  ERROR_CODE,
  NONCE,
  parseStun,
  REALM,
  StunBuilder,
  USERHASH,
  USERNAME,
} from "../../../ice/mod.ts";
import { ALLOCATE } from "../../../ice/turn/attributes.ts";
import { LongTermCredential } from "../../../ice/turn/long_term_credential.ts";
import {
  chooseAlgorithm,
  deriveKey,
  hashUsername,
  MD5,
  parseAlgorithms,
  PASSWORD_ALGORITHM,
  PASSWORD_ALGORITHMS,
  securityFeatures,
  SHA_256,
} from "../../../ice/turn/password_algorithms.ts";

const BOTH = Uint8Array.of(0, 2, 0, 0, 0, 1, 0, 0);
const ONLY_MD5 = Uint8Array.of(0, 1, 0, 0);
const UNKNOWN = Uint8Array.of(0, 9, 0, 3, 1, 2, 3, 0);

function challenge(nonce: string | undefined, algorithms?: Uint8Array, realm = "example.org") {
  const builder = new StunBuilder("error", ALLOCATE, new Uint8Array(12))
    .add(ERROR_CODE, { code: 401, reason: "" }).add(REALM, realm);
  if (nonce !== undefined) builder.add(NONCE, nonce);
  if (algorithms !== undefined) builder.add(PASSWORD_ALGORITHMS, algorithms);
  return parseStun(builder.finish())!;
}

function signed(credential: LongTermCredential) {
  const builder = new StunBuilder("request", ALLOCATE, new Uint8Array(12));
  credential.sign(builder);
  return parseStun(builder.finish())!;
}

Deno.test("RFC 8489 appendix B.1 and RFC 5769 section 2.4: keys and the hashed username", () => {
  const parts = { username: "マトリックス", realm: "example.org", password: "TheMatrIX" };
  assertEquals(toHex(deriveKey(crypto, MD5, parts)), "e8ca7ad59d5eb0518e312911d2dab2a9");
  const { username, realm } = parts;
  assertEquals(
    toHex(hashUsername(crypto, username, realm)),
    "4a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41407f1704",
  );
});

Deno.test("the first request is not signed (RFC 8489 section 9.2.3.1)", () => {
  const message = signed(new LongTermCredential(crypto, "user", "secret"));
  assertEquals(message.attributes.length, 0);
});

Deno.test("a server of RFC 5389 gets MD5 and HMAC-SHA1, one with password algorithms SHA-256 alone", () => {
  const credential = new LongTermCredential(crypto, "user", "secret");
  assertEquals(credential.take(challenge("nonce")), undefined);
  const old = signed(credential);
  assertEquals([old.get(USERNAME), old.get(REALM), old.get(NONCE)], [
    "user",
    "example.org",
    "nonce",
  ]);
  assert(old.raw(0x0008) !== undefined && old.raw(0x001c) === undefined);
  assertEquals(credential.take(challenge("obMatJos2gAAAnonce", BOTH)), undefined);
  const young = signed(credential);
  assert(young.raw(0x0008) === undefined);
  assertEquals(young.get(PASSWORD_ALGORITHM), SHA_256);
  assertEquals(young.get(PASSWORD_ALGORITHMS), BOTH);
  const parts = { username: "user", realm: "example.org", password: "secret" };
  const key = deriveKey(crypto, SHA_256, parts);
  assertEquals(toHex(key), "bf9f8cc2da128fcb78077f794a818f9d3ccf550dab291cb21c82f29a153b3355");
  assertEquals(checkIntegritySha256(crypto, young, key), "ok");
  assert(credential.verify(young));
});

Deno.test("the username is hashed where the nonce says so (RFC 8489 section 9.2.5)", () => {
  for (const features of ["QAAA", "AAAC"]) {
    const credential = new LongTermCredential(crypto, "user", "secret");
    credential.take(challenge(`obMatJos2${features}nonce`));
    const message = signed(credential);
    assertEquals(message.get(USERNAME), undefined);
    assertEquals(
      toHex(message.get(USERHASH)!),
      "cf9fa894dfc9b7680968aec1efb3a6b8b2a1cac25c0461cab3b0c2f87c25eeaf",
    );
  }
});

Deno.test("a list of algorithms that somebody has taken away is not done without (RFC 8489 section 9.2.5)", () => {
  const refusal = "The server's password algorithms are missing";
  for (const nonce of ["obMatJos2gAAAnonce", "obMatJos2AAABnonce", "obMatJos2wAAAnonce"]) {
    const credential = new LongTermCredential(crypto, "user", "secret");
    assertEquals(credential.take(challenge(nonce)), refusal);
    assert(!credential.active);
    assertEquals(credential.take(challenge(nonce, ONLY_MD5)), undefined);
  }
});

Deno.test("algorithms that nobody here knows, and challenges without a nonce or a realm, are refused", () => {
  const credential = new LongTermCredential(crypto, "user", "secret");
  assertEquals(
    credential.take(challenge("n", UNKNOWN)),
    "The server's password algorithms are unknown",
  );
  assertEquals(credential.take(challenge(undefined)), "The server sent no valid realm and nonce");
  assertEquals(
    credential.take(challenge("n", undefined, "")),
    "The server sent no valid realm and nonce",
  );
});

Deno.test("once a server has shown that it knows the password, its realm stays", () => {
  const credential = new LongTermCredential(crypto, "user", "secret");
  credential.take(challenge("n"));
  assertEquals(credential.take(challenge("n", undefined, "other")), undefined); // nothing is known of it yet
  assert(credential.verify(signed(credential)));
  assertEquals(credential.take(challenge("n")), "The server changed its realm");
});

Deno.test("a challenge keeps nothing of the datagram that brought it", () => {
  const credential = new LongTermCredential(crypto, "user", "secret");
  const message = challenge("obMatJos2gAAAnonce", BOTH);
  credential.take(message);
  message.bytes.fill(0);
  assertEquals(signed(credential).get(PASSWORD_ALGORITHMS), BOTH);
});

Deno.test("texts are prepared (RFC 8265 section 4.2): composed, and with one kind of space", () => {
  const a = new LongTermCredential(crypto, "u\u0065\u0301", "pass\u00a0word");
  const b = new LongTermCredential(crypto, "u\u00e9", "pass word");
  for (const credential of [a, b]) credential.take(challenge("n"));
  assertEquals(signed(a).bytes, signed(b).bytes);
});

Deno.test("lists of algorithms are read with their parameters and padding (RFC 8489 section 14.11)", () => {
  assertEquals(parseAlgorithms(fromHex("00090003010203000002000000010000")!), [9, 2, 1]);
  assertEquals(chooseAlgorithm(fromHex("00090003010203000002000000010000")!), SHA_256);
  assertEquals(parseAlgorithms(fromHex("0002000000")!), undefined);
  assertEquals(parseAlgorithms(fromHex("0002ffff")!), undefined);
});

Deno.test("features are read only out of a nonce that has the cookie and four base64 characters", () => {
  const none = { passwordAlgorithms: false, usernameAnonymity: false };
  for (const nonce of ["", "obMatJos2", "obMatJos2wA", "obMatJos2w==A", "x" + "obMatJos2wAAA"]) {
    assertEquals(securityFeatures(nonce), none, nonce);
  }
  const both = { passwordAlgorithms: true, usernameAnonymity: true };
  assertEquals(securityFeatures("obMatJos2wAAA"), both);
  assertEquals(securityFeatures("obMatJos2AAADrest"), both);
});
