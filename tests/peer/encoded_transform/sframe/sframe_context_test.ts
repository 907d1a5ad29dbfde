import { assert, assertEquals, assertNotEquals } from "@std/assert";
import {
  CIPHER_SUITES,
  type SFrameCipherSuite,
} from "../../../../peer/encoded_transform/sframe/cipher_suites.ts";
import { SFrameContext } from "../../../../peer/encoded_transform/sframe/sframe_context.ts";
import { Random, seedForRun } from "../../../support/random.ts";
import { baseKey } from "./vectors.ts";

const SUITES = Object.keys(CIPHER_SUITES) as SFrameCipherSuite[];
const secret = (byte: number) => baseKey(new Uint8Array(16).fill(byte));

async function contexts(suite: SFrameCipherSuite, kid = 7n): Promise<SFrameContext[]> {
  const key = await secret(1);
  return await Promise.all([0, 1].map(async () => {
    const context = new SFrameContext(suite);
    await context.setKey(key, kid);
    return context;
  }));
}

for (const suite of SUITES) {
  Deno.test(`${suite}: frames of any length and key id come through, each different (RFC 9605 section 4.4)`, async () => {
    const random = new Random(seedForRun(suite));
    const kid = BigInt(random.u32()) << BigInt(random.u32() % 33);
    const [sender, receiver] = await contexts(suite, kid);
    const seen = new Set<string>();
    for (const length of [0, 1, 15, 16, 17, random.u32() % 2000, 200_000]) {
      const frame = Uint8Array.from({ length }, () => random.u32());
      const sealed = (await sender!.encrypt(frame))!;
      seen.add(sealed.slice(0, 40).toHex());
      assertEquals(await receiver!.decrypt(sealed), frame);
    }
    assertEquals(seen.size, 7);
  });

  Deno.test(`${suite}: what is mutated or cut is refused, never thrown`, async () => {
    const random = new Random(seedForRun(`${suite} mutated`));
    const [sender, receiver] = await contexts(suite);
    const sealed = (await sender!.encrypt(Uint8Array.from({ length: 50 }, () => random.u32())))!;
    for (let round = 0; round < 100; round++) {
      const isWhole = random.u32() % 2 === 0;
      const bad = sealed.slice(0, isWhole ? sealed.length : random.u32() % sealed.length);
      if (bad.length > 0) bad[random.u32() % bad.length]! ^= 1 + random.u32() % 255;
      const result = await receiver!.decrypt(bad);
      assert(!(result instanceof Uint8Array), bad.toHex());
    }
  });
}

Deno.test("a ciphertext that is too short for its header and tag is a syntax error, an unknown key tells its id", async () => {
  const [sender, receiver] = await contexts("AES_128_CTR_HMAC_SHA256_80");
  assertEquals(await receiver!.decrypt(new Uint8Array(8)), { error: "syntax" });
  assertEquals(await receiver!.decrypt(new Uint8Array(0)), { error: "syntax" });
  await sender!.setKey(await secret(1), 2n ** 64n - 1n);
  const sealed = (await sender!.encrypt(new Uint8Array(8)))!;
  assertEquals(await receiver!.decrypt(sealed), { error: "keyID", kid: 2n ** 64n - 1n });
});

Deno.test("another key with the same id is an authentication failure", async () => {
  const [sender, receiver] = await contexts("AES_128_GCM_SHA256_128");
  await receiver!.setKey(await secret(2), 7n);
  const sealed = (await sender!.encrypt(new Uint8Array(8)))!;
  assertEquals(await receiver!.decrypt(sealed), { error: "authentication" });
});

Deno.test("a key that is set again never uses a nonce again (RFC 9605 section 9.1)", async () => {
  const [sender] = await contexts("AES_128_GCM_SHA256_128");
  const before = await sender!.encrypt(new Uint8Array(8));
  await sender!.setKey(await secret(1), 7n);
  assertNotEquals(await sender!.encrypt(new Uint8Array(8)), before);
});

Deno.test("nothing is encrypted without a key", async () => {
  const context = new SFrameContext("AES_128_GCM_SHA256_128");
  assertEquals(await context.encrypt(new Uint8Array(8)), undefined);
});
