import { assert, assertEquals } from "@std/assert";
import { nodeProvider } from "../../../core/crypto/node_provider.ts";
import { concat, fromHex } from "../../../core/wire/mod.ts";
import {
  BINDING,
  checkFingerprint,
  checkIntegrity,
  checkIntegritySha256,
  crc32,
  ERROR_CODE,
  FINGERPRINT_XOR,
  isStun,
  MAPPED_ADDRESS,
  MESSAGE_INTEGRITY_SHA256,
  parseStun,
  PRIORITY,
  SOFTWARE,
  STUN_CLASSES,
  StunBuilder,
  UNKNOWN_ATTRIBUTES,
  unknownRequired,
  USE_CANDIDATE,
  USERNAME,
  XOR_MAPPED_ADDRESS,
} from "../../../ice/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";
import vectors from "../../vectors/stun.json" with { type: "json" };

const KEY = new TextEncoder().encode("secret");
const ID = Uint8Array.from({ length: 12 }, (_, i) => i);

Deno.test("class and method survive the interleaving of their bits (RFC 8489 section 5)", () => {
  for (const messageClass of STUN_CLASSES) {
    for (const method of [0x001, 0x003, 0x00f, 0x010, 0x080, 0xfff]) {
      const message = parseStun(new StunBuilder(messageClass, method, ID).finish());
      assertEquals([message?.messageClass, message?.method], [messageClass, method]);
    }
  }
});

Deno.test("what is written is read again, whatever the values", () => {
  const random = new Random(seedForRun("STUN round trip"));
  for (let round = 0; round < 200; round++) {
    const id = random.bytes(12);
    const ip = random.chance(0.5) ? `10.${random.below(256)}.3.4` : `2001:db8::${random.below(9)}`;
    const address = { ip: ip.replace("::0", "::"), port: random.below(65536) };
    const text = "é".repeat(random.below(20));
    const types = Array.from({ length: random.below(5) }, () => random.below(65536));
    const error = { code: 300 + random.below(400), reason: text };
    const message = parseStun(
      new StunBuilder("success", BINDING, id).add(XOR_MAPPED_ADDRESS, address)
        .add(MAPPED_ADDRESS, address).add(USERNAME, text).add(UNKNOWN_ATTRIBUTES, types)
        .add(ERROR_CODE, error).integrity(nodeProvider, KEY).fingerprint().finish(),
    )!;
    assertEquals(message.get(XOR_MAPPED_ADDRESS), address);
    assertEquals(message.get(MAPPED_ADDRESS), address);
    assertEquals(message.get(USERNAME), text);
    assertEquals(message.get(UNKNOWN_ATTRIBUTES), types);
    assertEquals(message.get(ERROR_CODE), error);
    assertEquals(checkIntegrity(nodeProvider, message, KEY), "ok");
    assertEquals(checkFingerprint(message), "ok");
    assertEquals(checkIntegrity(nodeProvider, message, ID), "bad");
  }
});

Deno.test("attributes behind MESSAGE-INTEGRITY do not count (RFC 8489 section 14.5)", () => {
  const bytes = new StunBuilder("request", BINDING, ID).add(PRIORITY, 1)
    .integrity(nodeProvider, KEY).add(USE_CANDIDATE, true).fingerprint().finish();
  const message = parseStun(bytes)!;
  assertEquals(message.has(USE_CANDIDATE), false);
  assertEquals(message.get(PRIORITY), 1);
  assertEquals(checkIntegrity(nodeProvider, message, KEY), "ok");
  assertEquals(checkFingerprint(message), "ok");
});

Deno.test("a fingerprint that is not the last attribute is wrong, even if it fits (RFC 8489 section 14.7)", () => {
  const bytes = new StunBuilder("request", BINDING, ID).fingerprint().add(PRIORITY, 1).finish();
  const fitting = (crc32(bytes.subarray(0, 20)) ^ FINGERPRINT_XOR) >>> 0;
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(24, fitting);
  assertEquals(checkFingerprint(parseStun(bytes)!), "bad");
});

Deno.test("MESSAGE-INTEGRITY-SHA256 counts whole or cut to 16 bytes, not shorter (RFC 8489 section 14.6)", () => {
  for (const [length, verdict] of [[32, "ok"], [16, "ok"], [12, "bad"], [18, "bad"]] as const) {
    const value = new Uint8Array(length);
    const attribute = {
      name: "MESSAGE-INTEGRITY-SHA256",
      type: MESSAGE_INTEGRITY_SHA256,
      parse: (bytes: Uint8Array) => bytes,
      write: (writer: { bytes(value: Uint8Array): void }, bytes: Uint8Array) => writer.bytes(bytes),
    };
    const draft = new StunBuilder("request", BINDING, ID).add(attribute, value).finish();
    const end = draft.length - Math.ceil(length / 4) * 4;
    const mac = nodeProvider.hmac("sha-256", KEY, draft.slice(0, end - 4));
    draft.set(mac.subarray(0, length), end);
    assertEquals(checkIntegritySha256(nodeProvider, parseStun(draft)!, KEY), verdict, `${length}`);
    draft[end]! ^= 1;
    assertEquals(checkIntegritySha256(nodeProvider, parseStun(draft)!, KEY), "bad");
  }
  const none = parseStun(new StunBuilder("request", BINDING, ID).finish())!;
  assertEquals(checkIntegritySha256(nodeProvider, none, KEY), "absent");
});

Deno.test("unknown attributes: optional ones pass, each required one is named once (RFC 8489 section 6.3)", () => {
  const unknown = (type: number) => ({ ...PRIORITY, type });
  const message = parseStun(
    new StunBuilder("request", BINDING, ID).add(unknown(0xc057), 1).add(unknown(0x7ffe), 1)
      .add(unknown(0x7ffe), 2).add(SOFTWARE, "x").finish(),
  )!;
  assertEquals(unknownRequired(message), [0x7ffe]);
});

Deno.test("texts longer than their limit or not UTF-8 are malformed", () => {
  const long = new StunBuilder("request", BINDING, ID).add(USERNAME, "a".repeat(509)).finish();
  assertEquals(parseStun(long)!.get(USERNAME), undefined);
  const odd = new StunBuilder("request", BINDING, ID).add(USERNAME, "abcd").finish();
  odd[24] = 0xff;
  assertEquals(parseStun(odd)!.get(USERNAME), undefined);
});

Deno.test("more attributes than any usage needs are malformed", () => {
  const builder = new StunBuilder("request", BINDING, ID);
  for (let i = 0; i < 65; i++) builder.add(USE_CANDIDATE, true);
  assertEquals(parseStun(builder.finish()), undefined);
});

Deno.test("only bytes 0 to 3 with the magic cookie are STUN (RFC 7983 section 7)", () => {
  const message = new StunBuilder("request", BINDING, ID).finish();
  assert(isStun(message));
  assertEquals(isStun(message.subarray(0, 19)), false);
  assertEquals(isStun(concat([Uint8Array.of(20), message.subarray(1)])), false);
  const noCookie = message.slice();
  noCookie[5] = 0x13;
  assertEquals(isStun(noCookie), false);
});

Deno.test("mutated messages are parsed or refused, never thrown at; none keeps its integrity", () => {
  const random = new Random(seedForRun("STUN mutation"));
  const seeds = vectors.map(({ message }) => fromHex(message)!);
  const readable = [XOR_MAPPED_ADDRESS, USERNAME, ERROR_CODE, UNKNOWN_ATTRIBUTES, PRIORITY];
  let parsed = 0;
  for (let round = 0; round < 20_000; round++) {
    const original = random.pick(seeds);
    const message = parseStun(random.mutate(original));
    if (message === undefined) continue;
    parsed++;
    for (const attribute of readable) message.get<unknown>(attribute);
    unknownRequired(message);
    checkFingerprint(message);
    assert(checkIntegrity(nodeProvider, message, KEY) !== "ok");
  }
  assert(parsed > 100, `only ${parsed} were parsed`);
});
