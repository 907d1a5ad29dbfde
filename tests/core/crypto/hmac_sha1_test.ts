import { assert, assertEquals, assertThrows } from "@std/assert";
import { hmacSha1, nodeHmacSha1 } from "../../../core/crypto/hmac_sha1.ts";
import { kernels } from "../../../core/crypto/kernels.ts";
import type { Mac, MacPacket } from "../../../core/crypto/provider.ts";
import { concat, fromHex, toHex } from "../../../core/wire/bytes.ts";
import { Random, seedForRun } from "../../support/random.ts";
import * as twin from "../../support/twins/hmac_sha1.ts";

const NONE = new Uint8Array(0);
const ascii = (text: string) => new TextEncoder().encode(text);

/** The HMAC key, the data and the digest of RFC 2202 section 3. */
const RFC_2202: readonly [key: Uint8Array, data: Uint8Array, digest: string][] = [
  [new Uint8Array(20).fill(0x0b), ascii("Hi There"), "b617318655057264e28bc0b6fb378c8ef146be00"],
  [
    ascii("Jefe"),
    ascii("what do ya want for nothing?"),
    "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
  ],
  [
    new Uint8Array(20).fill(0xaa),
    new Uint8Array(50).fill(0xdd),
    "125d7342b9ac11cd91a39af48aa17b4f63f175d3",
  ],
  [
    fromHex("0102030405060708090a0b0c0d0e0f10111213141516171819")!,
    new Uint8Array(50).fill(0xcd),
    "4c9007f4026250c6bc8414f9bf50c86c2d7235da",
  ],
  [
    new Uint8Array(20).fill(0x0c),
    ascii("Test With Truncation"),
    "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04",
  ],
  [
    new Uint8Array(80).fill(0xaa),
    ascii("Test Using Larger Than Block-Size Key - Hash Key First"),
    "aa4ae5e15272d00e95705637ce8a3b55ed402112",
  ],
  [
    new Uint8Array(80).fill(0xaa),
    ascii("Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data"),
    "e8e99d0f45237d786d6bbaa7965c7808bbff1a91",
  ],
];

function sign(mac: Mac, message: Uint8Array, suffix = NONE, length = 20): Uint8Array {
  const tag = new Uint8Array(length);
  mac.sign([{ message, suffix, tag }]);
  return tag;
}

Deno.test("RFC 2202 section 3: HMAC-SHA1 of kernel, node:crypto and twin", () => {
  for (const [key, data, digest] of RFC_2202) {
    assertEquals(toHex(sign(hmacSha1(key), data)), digest);
    assertEquals(toHex(sign(nodeHmacSha1(key), data)), digest);
    assertEquals(toHex(twin.hmacSha1(key, data)), digest);
  }
});

Deno.test("RFC 3174 section 7.3: SHA-1 of the twin", () => {
  const digests = [
    ["abc", "a9993e364706816aba3e25717850c26c9cd0d89d"],
    ["a", "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"],
    ["01234567".repeat(80), "dea356a2cddd90c7a7ecedc5ebb563934f460452"],
  ] as const;
  for (const [text, digest] of digests) assertEquals(toHex(twin.sha1(ascii(text))), digest);
});

Deno.test("RFC 2104 section 2: kernel and twin agree on messages of 0 to 300 bytes, and on keys of 0 to 100", () => {
  const random = new Random(seedForRun("hmac-sha1"));
  for (let length = 0; length <= 300; length++) {
    const key = random.bytes(length % 101), message = random.bytes(length);
    assertEquals(sign(hmacSha1(key), message), twin.hmacSha1(key, message));
  }
  const ones = new Uint8Array(1500).fill(0xff);
  assertEquals(
    sign(hmacSha1(ones.subarray(0, 20)), ones),
    twin.hmacSha1(ones.subarray(0, 20), ones),
  );
});

for (const [name, make] of [["the kernel", hmacSha1], ["node:crypto", nodeHmacSha1]] as const) {
  Deno.test(`HMAC-SHA1 of ${name}: batches with suffixes and truncated tags (RFC 2104 section 5)`, () => {
    const random = new Random(seedForRun(name));
    const key = random.bytes(20), mac = make(key);
    const packets: MacPacket[] = Array.from({ length: 40 }, () => ({
      message: random.bytes(random.below(200)),
      suffix: random.bytes(random.below(5)),
      tag: new Uint8Array(4 + random.below(17)), // shorter ones are right by chance, every now and then
    }));
    mac.sign(packets);
    for (const { message, suffix, tag } of packets) {
      assertEquals(tag, twin.hmacSha1(key, concat([message, suffix])).subarray(0, tag.length));
    }
    assertEquals(mac.verify(packets), packets.map(() => true));
    const forged = packets.map((packet, i) => i % 3 === 0 ? forge(packet, random) : packet);
    assertEquals(mac.verify(forged), packets.map((_, i) => i % 3 !== 0));
  });

  Deno.test(`HMAC-SHA1 of ${name}: no tag and too long a tag are never right`, () => {
    const mac = make(new Uint8Array(20)), message = ascii("abc");
    const tooLong = concat([sign(mac, message), Uint8Array.of(0)]);
    const packets = [NONE, tooLong].map((tag) => ({ message, suffix: NONE, tag }));
    assertEquals(mac.verify(packets), [false, false]);
  });
}

Deno.test("HMAC-SHA1: 64 KiB is the longest; more is refused, and never authentic", () => {
  const mac = hmacSha1(new Uint8Array(20));
  const longest = {
    message: new Uint8Array(65532),
    suffix: new Uint8Array(4),
    tag: new Uint8Array(10),
  };
  mac.sign([longest]);
  assertEquals(mac.verify([longest]), [true]);
  assertEquals(
    longest.tag,
    sign(nodeHmacSha1(new Uint8Array(20)), new Uint8Array(65536), NONE, 10),
  );
  const longer = { ...longest, message: new Uint8Array(65533) };
  assertThrows(() => mac.sign([longer]), RangeError);
  assertEquals(mac.verify([longest, longer, longest]), [true, false, true]);
});

Deno.test("HMAC-SHA1: keys don't disturb each other, and none is left behind", () => {
  const random = new Random(5);
  const keys = [random.bytes(20), random.bytes(20)] as const;
  const macs = keys.map((key) => hmacSha1(key));
  const message = random.bytes(100);
  const expected = keys.map((key) => twin.hmacSha1(key, message));
  keys.forEach((key) => key.fill(0)); // each has its own copy
  assertEquals(macs.map((mac) => sign(mac, message)), expected);
  const { memory, at } = kernels()!;
  assert(memory.subarray(0, at.message).every((byte) => byte === 0));
});

function forge(packet: MacPacket, random: Random): MacPacket {
  const part = random.pick(
    (["message", "suffix", "tag"] as const).filter((p) => packet[p].length > 0),
  );
  const bytes = packet[part].slice();
  bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
  return { ...packet, [part]: bytes };
}
