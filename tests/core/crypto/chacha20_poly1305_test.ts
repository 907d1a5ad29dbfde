import { assertEquals } from "@std/assert";
import { aead } from "../../../core/crypto/aead.ts";
import { kernels } from "../../../core/crypto/kernels.ts";
import { concat, fromHex, toHex } from "../../../core/wire/bytes.ts";
import { Random, seedForRun } from "../../support/random.ts";
import * as twin from "../../support/twins/chacha20_poly1305.ts";
import vectors from "../../vectors/chacha20_poly1305.json" with { type: "json" };

const { memory, at, ...kernel } = kernels()!;

/** Four blocks by the kernel. */
function kernelBlocks(key: Uint8Array, counter: number, nonce: Uint8Array): Uint8Array {
  memory.set(key, at.key);
  memory.set(nonce, at.nonce);
  kernel.chacha20(counter, at.stream);
  return memory.slice(at.stream, at.stream + 256);
}

/** Whole blocks only. */
function kernelPoly1305(key: Uint8Array, message: Uint8Array): Uint8Array {
  memory.set(key, at.polyKey);
  memory.set(message, at.message);
  kernel.poly1305(at.message, message.length);
  return memory.slice(at.result, at.result + 16);
}

for (const vector of vectors) {
  Deno.test(`${vector.source}: ${vector.name}`, () => {
    const bytes = (name: keyof typeof vector) => fromHex(vector[name] as string)!;
    const key = bytes("key");
    switch (vector.kind) {
      case "block":
        assertEquals(
          toHex(twin.chacha20Block(key, vector.counter!, bytes("nonce"))),
          vector.expect,
        );
        assertEquals(
          toHex(kernelBlocks(key, vector.counter!, bytes("nonce")).subarray(0, 64)),
          vector.expect,
        );
        break;
      case "encryption":
        assertEquals(
          toHex(twin.chacha20(key, vector.counter!, bytes("nonce"), bytes("plaintext"))),
          vector.expect,
        );
        break;
      case "poly1305":
        assertEquals(toHex(twin.poly1305(key, bytes("message"))), vector.expect);
        if (bytes("message").length % 16 === 0) {
          assertEquals(toHex(kernelPoly1305(key, bytes("message"))), vector.expect);
        }
        break;
      case "key generation":
        assertEquals(toHex(twin.oneTimeKey(key, bytes("nonce"))), vector.expect);
        assertEquals(toHex(kernelBlocks(key, 0, bytes("nonce")).subarray(0, 32)), vector.expect);
        break;
      case "aead": {
        const nonce = bytes("nonce"), aad = bytes("aad"), input = bytes("plaintext");
        assertEquals(toHex(twin.chacha20Poly1305Seal(key, nonce, aad, input)), vector.expect);
        const output = new Uint8Array(input.length + 16);
        aead("chacha20-poly1305", key).seal([{ nonce, aad, input, output }]);
        assertEquals(toHex(output), vector.expect);
        break;
      }
    }
  });
}

Deno.test("RFC 8439 section 2.3: four blocks at once are the four blocks, also where the counter wraps", () => {
  const random = new Random(seedForRun("four blocks"));
  for (const counter of [0, 1, 2 ** 31 - 2, 2 ** 32 - 2, random.u32()]) {
    const key = random.bytes(32), nonce = random.bytes(12);
    const blocks = [0, 1, 2, 3].map((i) => twin.chacha20Block(key, counter + i, nonce));
    assertEquals(kernelBlocks(key, counter, nonce), concat(blocks));
  }
});

Deno.test("RFC 8439 section 2.8: kernel and twin agree at all lengths", () => {
  const random = new Random(seedForRun("kernel and twin"));
  const key = random.bytes(32);
  using cipher = aead("chacha20-poly1305", key);
  for (let length = 0; length <= 2048; length += length < 600 ? 1 : 1 + random.below(16)) {
    const nonce = random.bytes(12), aad = random.bytes(random.below(50));
    const input = random.bytes(length), output = new Uint8Array(length + 16);
    cipher.seal([{ nonce, aad, input, output }]);
    assertEquals(output, twin.chacha20Poly1305Seal(key, nonce, aad, input));
  }
});

Deno.test("RFC 8439 section 2.5: kernel and twin agree on keys and messages of extreme bytes", () => {
  const random = new Random(seedForRun("extremes"));
  const extreme = (length: number) => {
    const bytes = random.bytes(length);
    for (let i = 0; i < length; i += 4) {
      // Words of r, s and the message are what overflows: mostly all ones, or nearly zero modulo 2^130 - 5.
      const word = random.pick([[0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0], [0xfb, 0xff, 0xff, 0xff], [
        ...random.bytes(4),
      ]]);
      if (random.chance(0.8)) bytes.set(word, i);
    }
    return bytes;
  };
  for (let run = 0; run < 5000; run++) {
    const key = extreme(32), message = extreme(16 * random.below(12));
    assertEquals(kernelPoly1305(key, message), twin.poly1305(key, message));
  }
});

Deno.test("RFC 8439 section 2.5: the largest r, s and message, of many blocks, carry nothing away", () => {
  for (const blocks of [1, 2, 3, 100, 4096]) {
    const key = new Uint8Array(32).fill(0xff), message = new Uint8Array(16 * blocks).fill(0xff);
    assertEquals(kernelPoly1305(key, message), twin.poly1305(key, message));
  }
});

Deno.test("RFC 8439 section 2.5: accumulators around p end where they should", () => {
  // With r = 1 the accumulator is the sum of the blocks, each with its own 2^128 on top: these three make 2^130 - 5 + n.
  const key = block(1n, 32);
  for (let n = -8n; n <= 8n; n++) {
    const message = concat([block(8n + n), block(0n), block(2n ** 128n - 13n)]);
    const expected = block(n < 0n ? 2n ** 130n - 5n + n : n);
    assertEquals(kernelPoly1305(key, message), expected, `p + ${n}`);
    assertEquals(twin.poly1305(key, message), expected, `p + ${n}`);
  }
});

/** The low bytes, little-endian. */
function block(number: bigint, length = 16): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Number(number >> BigInt(8 * i) & 0xffn));
}
