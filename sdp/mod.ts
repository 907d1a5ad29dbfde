/**
 * The Session Description Protocol: the text in which two peers tell each other what they want (RFC 8866), and the attributes that
 * WebRTC says it with. What is offered and answered is decided elsewhere; here is only the language.
 *
 * {@linkcode parseSession} and {@linkcode writeSession} turn text into a lossless model and back. The model knows the lines of RFC 8866
 * and keeps attributes as text; `parseX` and `writeX` give each attribute its meaning.
 *
 * @example
 * ```ts
 * import { iceCredentialsOf, maxMessageSizeOf, parseSession, sctpPortOf, writeSession } from "@heron/webrtc/sdp";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const text = [
 *   "v=0",
 *   "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
 *   "s=-",
 *   "t=0 0",
 *   "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
 *   "c=IN IP4 0.0.0.0",
 *   "a=ice-ufrag:uuuu",
 *   "a=ice-pwd:0123456789abcdef01234567",
 *   "a=mid:0",
 *   "a=sctp-port:5000",
 *   "",
 * ].join("\r\n");
 *
 * const parsed = parseSession(text);
 * assert(parsed.ok);
 * const { session } = parsed;
 * assertEquals(iceCredentialsOf(session, session.media[0]!)?.usernameFragment, "uuuu");
 * assertEquals(sctpPortOf(session.media[0]!), 5000);
 * assertEquals(maxMessageSizeOf(session.media[0]!), 65536);
 * assertEquals(writeSession(session), text);
 * ```
 *
 * @module
 */
export * from "./model.ts";
export { type ParseResult, parseSession } from "./parse.ts";
export * from "./write.ts";
export * from "./lookup.ts";
export { isRtp, isSctp } from "./grammar.ts";
export * from "./attributes/mod.ts";
