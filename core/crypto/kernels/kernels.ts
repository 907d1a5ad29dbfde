/* What the module exports: the memory map and the ciphers. */
export * from "./layout";
export { chacha20 } from "./chacha20";
export { chacha20Poly1305Open, chacha20Poly1305Seal } from "./chacha20_poly1305";
export { ctrApply, ctrBlocks } from "./ctr";
export { counterBlocks, gcmOpen, gcmSeal } from "./gcm";
export { ghash, ghashKey } from "./ghash";
export { hmacSha1, hmacSha1Key } from "./hmac_sha1";
export { poly1305 } from "./poly1305";
