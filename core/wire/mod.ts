/**
 * Bytes and what they mean in every protocol: cursors, wrapping counters, replay windows, addresses.
 *
 * @module
 */
export * from "./reader.ts";
export * from "./writer.ts";
export * from "./serial.ts";
export * from "./replay_window.ts";
export * from "./bytes.ts";
export * from "./address.ts";
