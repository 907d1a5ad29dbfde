import { assertEquals } from "@std/assert";
import { aead } from "../../../core/crypto/aead.ts";
import { nodeAead } from "../../../core/crypto/node_aead.ts";
import type { Aead, AeadName } from "../../../core/crypto/provider.ts";
import { fromHex, toHex } from "../../../core/wire/bytes.ts";
import vectors from "../../vectors/wycheproof_aead.json" with { type: "json" };

type Vector = typeof vectors[number];

const implementations = { kernels: aead, "node:crypto": nodeAead };

for (const [implementation, make] of Object.entries(implementations)) {
  for (const name of ["chacha20-poly1305", "aes-128-gcm", "aes-256-gcm"] as const) {
    Deno.test(`Wycheproof's edge cases and forgeries of ${name}, by ${implementation}`, () => {
      const own = vectors.filter((vector) => vector.cipher === name);
      for (const vector of own) {
        using cipher = make(name as AeadName, fromHex(vector.key)!);
        check(cipher, vector);
      }
      assertEquals(new Set(own.map((vector) => vector.expect)), new Set(["valid", "invalid"]));
    });
  }
}

function check(cipher: Aead, vector: Vector): void {
  const nonce = fromHex(vector.nonce)!, aad = fromHex(vector.aad)!;
  const plaintext = fromHex(vector.plaintext)!, sealed = fromHex(vector.sealed)!;
  const output = new Uint8Array(plaintext.length);
  const authentic = cipher.open([{ nonce, aad, input: sealed, output }]);
  assertEquals(authentic, [vector.expect === "valid"], vector.name);
  if (vector.expect === "invalid") return;
  assertEquals(toHex(output), vector.plaintext, vector.name);
  const again = new Uint8Array(sealed.length);
  cipher.seal([{ nonce, aad, input: plaintext, output: again }]);
  assertEquals(toHex(again), vector.sealed, vector.name);
}
