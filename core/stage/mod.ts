/**
 * The layer contract and the stage that wears it as web streams.
 *
 * @module
 */
export * from "./layer.ts";
export * from "./stage.ts";
export * from "./clock.ts";
export * from "./timers.ts";
export * from "./discards.ts";
export * from "./protocol_error.ts";
