/**
 * Typed codecs for the values of attributes, one family a file. `parseX` takes the text after the colon and returns undefined for
 * anything malformed, an absent value included, so that `parseMid(find(attributes, "mid")?.value)` needs no check in between.
 *
 * @module
 */
export * from "./identification.ts";
export * from "./ice.ts";
export * from "./dtls.ts";
export * from "./sctp.ts";
export * from "./direction.ts";
export * from "./payload.ts";
export * from "./rtcp.ts";
export * from "./extmap.ts";
export * from "./msid.ts";
export * from "./ssrc.ts";
export * from "./simulcast.ts";
