import { assertEquals, assertThrows } from "@std/assert";
import { createCipheriv } from "node:crypto";
import { aesCtr, nodeAesCtr } from "../../../core/crypto/aes_ctr.ts";
import type { AesCtr, CtrPacket } from "../../../core/crypto/provider.ts";
import { fromHex, toHex } from "../../../core/wire/bytes.ts";
import { Random, seedForRun } from "../../support/random.ts";

function apply(cipher: AesCtr, counter: Uint8Array, input: Uint8Array): Uint8Array {
  const output = new Uint8Array(input.length);
  cipher.apply([{ counter, input, output }]);
  return output;
}

/** NIST SP 800-38A appendix F.5: the same text and counter for every key. */
const COUNTER = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
const TEXT = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" +
  "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";
const CIPHERS = {
  "F.5.1": [
    "2b7e151628aed2a6abf7158809cf4f3c",
    "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff" +
    "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee",
  ],
  "F.5.5": [
    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
    "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5" +
    "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6",
  ],
} as const;

for (const [name, make] of [["the kernel", aesCtr], ["node:crypto", nodeAesCtr]] as const) {
  for (const [section, [key, expected]] of Object.entries(CIPHERS)) {
    Deno.test(`NIST SP 800-38A appendix ${section}: ${name}`, () => {
      using cipher = make(fromHex(key)!);
      const counter = fromHex(COUNTER)!;
      assertEquals(toHex(apply(cipher, counter, fromHex(TEXT)!)), expected);
      assertEquals(toHex(apply(cipher, counter, fromHex(expected)!)), TEXT);
    });
  }
}

function nodeCtr(key: Uint8Array, counter: Uint8Array, input: Uint8Array): Uint8Array {
  const cipher = createCipheriv(key.length === 16 ? "aes-128-ctr" : "aes-256-ctr", key, counter);
  const output = new Uint8Array(cipher.update(input));
  cipher.final(); // frees what the runtime holds for it
  return output;
}

Deno.test("AES counter mode: batches of all sizes, as node:crypto's own, in place too", () => {
  const random = new Random(seedForRun("aes-ctr"));
  for (const keyLength of [16, 32]) {
    const key = random.bytes(keyLength);
    using cipher = aesCtr(key);
    for (let batch = 0; batch < 30; batch++) {
      const packets: CtrPacket[] = Array.from({ length: random.below(40) }, () => {
        const input = random.bytes(random.below(random.pick([20, 1500, 9000])));
        const counter = random.bytes(16);
        counter.fill(0, 12, 14); // room to count
        return {
          counter,
          input,
          output: random.chance(0.3) ? input : new Uint8Array(input.length),
        };
      });
      const expected = packets.map(({ counter, input }) => nodeCtr(key, counter, input));
      cipher.apply(packets);
      assertEquals(packets.map(({ output }) => output), expected);
    }
  }
});

Deno.test("AES counter mode: 64 KiB is the longest, several of them in a batch; what the caller did wrong throws", () => {
  const key = new Random(1).bytes(16), counter = new Uint8Array(16);
  const packets = [65536, 65536, 0, 1].map((length) => ({
    counter,
    input: new Uint8Array(length),
    output: new Uint8Array(length),
  }));
  using cipher = aesCtr(key);
  cipher.apply(packets);
  const keystream = apply(nodeAesCtr(key), counter, new Uint8Array(65536));
  for (const { output } of packets) {
    assertEquals(toHex(output), toHex(keystream.subarray(0, output.length)));
  }
  assertThrows(() => apply(cipher, counter, new Uint8Array(65537)), RangeError);
  assertThrows(() => apply(cipher, counter.subarray(1), new Uint8Array(1)), RangeError);
  assertThrows(() => aesCtr(key.subarray(1)));
});
