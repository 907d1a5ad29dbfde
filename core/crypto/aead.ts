import { kernels } from "./kernels.ts";
import { nodeAead } from "./node_aead.ts";
import type { Aead, AeadName } from "./provider.ts";
import { WasmAesGcm } from "./wasm_aes_gcm.ts";
import { WasmChaCha20Poly1305 } from "./wasm_chacha20_poly1305.ts";

/** The quickest cipher that this runtime has: the WebAssembly kernels, and `node:crypto` where there are none. */
export function aead(name: AeadName, key: Uint8Array): Aead {
  const wasm = kernels();
  if (wasm === undefined) return nodeAead(name, key);
  return name === "chacha20-poly1305"
    ? new WasmChaCha20Poly1305(wasm, key)
    : new WasmAesGcm(wasm, name, key);
}
