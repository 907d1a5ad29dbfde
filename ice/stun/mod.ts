/**
 * STUN (RFC 8489): the message codec, integrity and client transactions.
 *
 * @module
 */
export * from "./message.ts";
export * from "./attribute.ts";
export * from "./attribute_types.ts";
export * from "./attributes.ts";
export * from "./builder.ts";
export * from "./crc32.ts";
export * from "./integrity.ts";
export * from "./transactions.ts";
