/* What the module exports: the memory map and the ciphers. */
export * from "./layout";
export { chacha20 } from "./chacha20";
export { chacha20Poly1305Open, chacha20Poly1305Seal } from "./chacha20_poly1305";
export { counterBlocks, gcmOpen, gcmSeal } from "./gcm";
export { ghash, ghashKey } from "./ghash";
export { poly1305 } from "./poly1305";
