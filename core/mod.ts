/**
 * What every layer is built from: the {@linkcode Layer} contract and the {@linkcode Stage} that wears it as web streams, cursors over
 * bytes, and the synchronous crypto provider.
 *
 * @module
 */
export * from "./stage/mod.ts";
export * from "./wire/mod.ts";
export * from "./crypto/provider.ts";
export * from "./crypto/node_provider.ts";
export * from "./crypto/crc32c.ts";
