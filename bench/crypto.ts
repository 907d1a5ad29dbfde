/**
 * The ciphers, in microseconds a packet: the kernels against `node:crypto`, alone and in batches of 32.
 *
 *     deno run -A bench/crypto.ts
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { aead } from "../core/crypto/aead.ts";
import { nodeAead } from "../core/crypto/node_aead.ts";
import type { Aead, AeadName } from "../core/crypto/provider.ts";

const NAMES: readonly AeadName[] = ["chacha20-poly1305", "aes-128-gcm", "aes-256-gcm"];
const LENGTHS = [64, 1200];
const BATCHES = [1, 32];
/** Packets in one measurement. */
const PACKETS = 16_384;
const ROUNDS = 3;

console.log("us a packet          length  batch  kernel    node   ratio");
for (const name of NAMES) {
  for (const length of LENGTHS) {
    for (const batch of BATCHES) {
      const key = new Uint8Array(name === "aes-128-gcm" ? 16 : 32);
      const kernel = microseconds(aead(name, key), length, batch);
      const node = microseconds(nodeAead(name, key), length, batch);
      console.log(
        name.padEnd(20) + column(length, 0) + column(batch, 0) +
          column(kernel, 2) + column(node, 2) + column(node / kernel, 1),
      );
    }
  }
}

/** To seal and open one packet, halved: the best of a few rounds. */
function microseconds(cipher: Aead, length: number, batch: number): number {
  const nonce = new Uint8Array(12), aad = new Uint8Array(13);
  const plain = Array.from({ length: batch }, () => ({
    nonce,
    aad,
    input: new Uint8Array(length),
    output: new Uint8Array(length + cipher.tagLength),
  }));
  const sealed = plain.map(({ input, output }) => ({ nonce, aad, input: output, output: input }));
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (let i = 0; i < PACKETS; i += batch) {
      cipher.seal(plain);
      cipher.open(sealed);
    }
    best = Math.min(best, (performance.now() - start) * 1000 / PACKETS / 2);
  }
  return best;
}

function column(value: number, digits: number): string {
  return value.toFixed(digits).padStart(8);
}
