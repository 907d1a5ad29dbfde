import { createHmac } from "node:crypto";
import { kernels } from "./kernels.ts";
import type { Mac } from "./provider.ts";
import { startsWith } from "./truncated_mac.ts";
import { WasmHmacSha1 } from "./wasm_hmac_sha1.ts";

/** The quickest HMAC-SHA1 that this runtime has: the WebAssembly kernels, and `node:crypto` where there are none. */
export function hmacSha1(key: Uint8Array): Mac {
  const wasm = kernels();
  return wasm === undefined ? nodeHmacSha1(key) : new WasmHmacSha1(wasm, key);
}

/** HMAC-SHA1 of `node:crypto`, with an object for each packet: several times slower, but it always works. */
export function nodeHmacSha1(key: Uint8Array): Mac {
  const macOf = (message: Uint8Array, suffix: Uint8Array) =>
    createHmac("sha1", key).update(message).update(suffix).digest();
  return {
    sign(packets) {
      for (const { message, suffix, tag } of packets) {
        tag.set(macOf(message, suffix).subarray(0, tag.length));
      }
    },
    verify: (packets) =>
      packets.map(({ message, suffix, tag }) => startsWith(macOf(message, suffix), tag)),
  };
}
