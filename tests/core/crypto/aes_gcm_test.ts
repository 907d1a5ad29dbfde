import { assertEquals } from "@std/assert";
import { aead } from "../../../core/crypto/aead.ts";
import { kernels } from "../../../core/crypto/kernels.ts";
import type { AeadName } from "../../../core/crypto/provider.ts";
import { concat, fromHex, toHex } from "../../../core/wire/bytes.ts";
import { Random, seedForRun } from "../../support/random.ts";
import * as twin from "../../support/twins/aes_gcm.ts";
import vectors from "../../vectors/aes_gcm.json" with { type: "json" };

const { memory, at, ...kernel } = kernels()!;

function kernelGhash(hashKey: Uint8Array, message: Uint8Array): Uint8Array {
  memory.set(hashKey, at.key);
  kernel.ghashKey();
  memory.set(message, at.message);
  kernel.ghash(at.message, message.length);
  return memory.slice(at.result, at.result + 16);
}

for (const vector of vectors) {
  Deno.test(`${vector.name} of ${vector.source}`, () => {
    const [key, nonce, aad, input] = [vector.key, vector.nonce, vector.aad, vector.plaintext]
      .map((hex) => fromHex(hex)!) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    assertEquals(toHex(twin.aesGcmSeal(key, nonce, aad, input)), vector.expect);
    using cipher = aead(vector.cipher as AeadName, key);
    const output = new Uint8Array(input.length + 16), opened = new Uint8Array(input.length);
    cipher.seal([{ nonce, aad, input, output }]);
    assertEquals(toHex(output), vector.expect);
    assertEquals(cipher.open([{ nonce, aad, input: output, output: opened }]), [true]);
    assertEquals(opened, input);
  });
}

Deno.test("NIST SP 800-38D section 6.4: GHASH of test case 2", () => {
  const hashKey = fromHex("66e94bd4ef8a2c3b884cfa59ca342b2e")!;
  const message = fromHex("0388dace60b6a392f328c2b971b2fe7800000000000000000000000000000080")!;
  assertEquals(toHex(twin.ghash(hashKey, message)), "f38cbb1ad69223dcc3457ae5b6b0f885");
  assertEquals(toHex(kernelGhash(hashKey, message)), "f38cbb1ad69223dcc3457ae5b6b0f885");
});

Deno.test("NIST SP 800-38D section 6.3: each power of x times each power of x", () => {
  const power = (i: number) => {
    const block = new Uint8Array(16);
    block[i >> 3] = 0x80 >> (i & 7);
    return block;
  };
  for (let i = 0; i < 128; i++) {
    for (let j = 0; j < 128; j++) {
      assertEquals(kernelGhash(power(i), power(j)), twin.ghash(power(i), power(j)));
    }
  }
});

Deno.test("NIST SP 800-38D section 6.4: kernel and twin agree on GHASH, whatever the number of blocks", () => {
  const random = new Random(seedForRun("ghash"));
  for (let blocks = 0; blocks <= 80; blocks++) {
    const hashKey = random.bytes(16), message = random.bytes(16 * blocks);
    assertEquals(kernelGhash(hashKey, message), twin.ghash(hashKey, message));
  }
  const ones = new Uint8Array(256).fill(0xff);
  assertEquals(kernelGhash(ones.subarray(0, 16), ones), twin.ghash(ones.subarray(0, 16), ones));
});

Deno.test("NIST SP 800-38D section 7.1: kernel and twin agree on packets of 0 to 600 bytes", () => {
  const random = new Random(seedForRun("gcm"));
  for (const name of ["aes-128-gcm", "aes-256-gcm"] as const) {
    const key = random.bytes(name === "aes-128-gcm" ? 16 : 32);
    using cipher = aead(name, key);
    for (let length = 0; length <= 600; length += 1 + random.below(4)) {
      const nonce = random.bytes(12), aad = random.bytes(random.below(40));
      const input = random.bytes(length), output = new Uint8Array(length + 16);
      cipher.seal([{ nonce, aad, input, output }]);
      assertEquals(output, twin.aesGcmSeal(key, nonce, aad, input));
    }
  }
});

Deno.test("NIST SP 800-38D section 7.1: counter blocks are the nonce and 1, 2, 3 ..., big-endian", () => {
  const nonce = new Random(6).bytes(12);
  memory.set(nonce, at.nonce);
  kernel.counterBlocks(at.counters, 300);
  for (let i = 0; i < 300; i++) {
    const block = memory.slice(at.counters + 16 * i, at.counters + 16 * i + 16);
    assertEquals(block, concat([nonce, Uint8Array.of(0, 0, (i + 1) >> 8, i + 1)]));
  }
});
