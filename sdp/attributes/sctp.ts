import { fieldsOf, MAX_U16, parseDecimal } from "../grammar.ts";
import { find, findAll } from "../lookup.ts";
import type { MediaDescription } from "../model.ts";

/** What a description without `a=max-message-size` can take: 64 KiB (RFC 8841 section 6.1). */
export const DEFAULT_MAX_MESSAGE_SIZE = 65536;

/** An association of the drafts before RFC 8841: `a=sctpmap:5000 webrtc-datachannel 1024`. */
export interface SctpMap {
  /** The SCTP port, as in the formats of the `m=` line. */
  readonly port: number;
  /** "webrtc-datachannel". */
  readonly application: string;
  /** How many streams. */
  readonly streams?: number;
}

/** Parses the value of `a=sctp-port` (RFC 8841 section 5). 0 is well-formed, and says that the association is to be closed. */
export function parseSctpPort(value: string | undefined): number | undefined {
  return value !== undefined && value.length <= 5 ? parseDecimal(value, MAX_U16) : undefined;
}

/**
 * Parses the value of `a=max-message-size` (RFC 8841 section 6), in bytes. 0 says that any size will do. What is beyond 2^53 - 1
 * becomes that.
 *
 * @example
 * ```ts
 * import { parseMaxMessageSize } from "@heron/webrtc/sdp";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseMaxMessageSize("262144"), 262144);
 * assertEquals(parseMaxMessageSize("18446744073709551615"), Number.MAX_SAFE_INTEGER);
 * assertEquals(parseMaxMessageSize("big"), undefined);
 * ```
 */
export function parseMaxMessageSize(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const size = parseDecimal(value, Infinity);
  return size === undefined ? undefined : Math.min(size, Number.MAX_SAFE_INTEGER);
}

/** Parses the value of `a=sctpmap`, which browsers wrote until 2018. */
export function parseSctpMap(value: string | undefined): SctpMap | undefined {
  if (value === undefined) return undefined;
  const [portText = "", application, streamsText] = fieldsOf(value);
  const port = parseDecimal(portText, MAX_U16);
  if (port === undefined || application === undefined) return undefined;
  if (streamsText === undefined) return { port, application };
  const streams = parseDecimal(streamsText, MAX_U16);
  return streams === undefined ? undefined : { port, application, streams };
}

/** Writes the value of `a=sctpmap`. */
export function writeSctpMap({ port, application, streams }: SctpMap): string {
  return streams === undefined ? `${port} ${application}` : `${port} ${application} ${streams}`;
}

/**
 * The SCTP port of a section: `a=sctp-port`, or in the older style `a=sctpmap`, or the format of `m=application 9 DTLS/SCTP 5000`.
 * Undefined if it tells none.
 */
export function sctpPortOf(media: MediaDescription): number | undefined {
  const port = parseSctpPort(find(media.attributes, "sctp-port")?.value);
  if (port !== undefined) return port;
  for (const { value } of findAll(media.attributes, "sctpmap")) {
    const map = parseSctpMap(value);
    if (map !== undefined && media.formats.includes(String(map.port))) return map.port;
  }
  return parseSctpPort(media.formats[0]);
}

/** The largest message in bytes that the peer takes: `a=max-message-size`, or its default. 0 for no limit. */
export function maxMessageSizeOf(media: MediaDescription): number {
  return parseMaxMessageSize(find(media.attributes, "max-message-size")?.value) ??
    DEFAULT_MAX_MESSAGE_SIZE;
}
