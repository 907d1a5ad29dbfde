/**
 * @module
 */
export * from "./packet.ts";
export * from "./header_extension.ts";
export * from "./mux.ts";
export * from "./extensions/mod.ts";
export * from "./rtcp/mod.ts";
