import { createCipheriv } from "node:crypto";
import { kernels } from "./kernels.ts";
import type { AesCtr } from "./provider.ts";
import { WasmAesCtr } from "./wasm_aes_ctr.ts";

/** The quickest counter mode that this runtime has: the WebAssembly kernels, and `node:crypto` where there are none. */
export function aesCtr(key: Uint8Array): AesCtr {
  const wasm = kernels();
  return wasm === undefined ? nodeAesCtr(key) : new WasmAesCtr(wasm, key);
}

/** Counter mode of `node:crypto`, with a cipher object for each packet: slower, but it always works. */
export function nodeAesCtr(key: Uint8Array): AesCtr {
  const algorithm = key.length === 16 ? "aes-128-ctr" : "aes-256-ctr";
  return {
    apply(packets) {
      for (const { counter, input, output } of packets) {
        const cipher = createCipheriv(algorithm, key, counter);
        output.set(cipher.update(input));
        cipher.final();
      }
    },
    [Symbol.dispose]() {},
  };
}
