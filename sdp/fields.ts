import {
  isRtp,
  isToken,
  MAX_PAYLOAD_TYPE,
  MAX_U16,
  parseDecimal,
  parsePositive,
} from "./grammar.ts";
import type {
  Attribute,
  Bandwidth,
  Connection,
  MediaDescription,
  Origin,
  TimeDescription,
} from "./model.ts";

/** 2^64 - 1: what the sess-id of others grows to. RFC 9429 section 5.2.1 asks for one bit less of our own. */
const MAX_SESSION_ID = "18446744073709551615";

/** More digits than any bandwidth, so that a number keeps each of them. */
const MAX_BANDWIDTH = Number.MAX_SAFE_INTEGER;

/** Digits of a time in seconds since 1900 that we keep: RFC 8866 section 9 knows 10, later centuries a few more. */
const MAX_TIME_DIGITS = 20;

/** Formats of one section. RTP has 128 payload types, and nothing else has as many. */
const MAX_FORMATS = 512;

/** `o=<username> <sess-id> <sess-version> <nettype> <addrtype> <unicast-address>` (RFC 8866 section 5.2) */
export function parseOrigin(value: string): Origin | undefined {
  const fields = value.split(" ", 7);
  if (fields.length !== 6) return undefined;
  const [username, sessionId, sessionVersion, netType, addrType, address] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if (username === "" || address === "" || !isToken(netType) || !isToken(addrType)) {
    return undefined;
  }
  if (!isSessionId(sessionId) || !isSessionId(sessionVersion)) return undefined;
  return { username, sessionId, sessionVersion, netType, addrType, address };
}

function isSessionId(text: string): boolean {
  if (!/^\d{1,20}$/.test(text)) return false;
  return text.length < MAX_SESSION_ID.length || text <= MAX_SESSION_ID;
}

/** `c=<nettype> <addrtype> <connection-address>` (RFC 8866 section 5.7) */
export function parseConnection(value: string): Connection | undefined {
  const fields = value.split(" ", 4);
  if (fields.length !== 3) return undefined;
  const [netType, addrType, address] = fields as [string, string, string];
  if (netType !== "IN" || address === "") return undefined;
  if (addrType !== "IP4" && addrType !== "IP6") return undefined;
  // Deviation: a literal of the other family passes, for ICE never looks at it. libwebrtc refuses it.
  return { netType, addrType, address };
}

/** `b=<bwtype>:<bandwidth>` (RFC 8866 section 5.8) */
export function parseBandwidth(value: string): Bandwidth | undefined {
  const colon = value.indexOf(":");
  if (colon < 0) return undefined;
  const type = value.slice(0, colon);
  const text = value.slice(colon + 1);
  // Deviation: RFC 8866 section 9 has digits only, but applications write -1 for "no limit" and libwebrtc lets them.
  const amount = text === "-1" ? -1 : parseDecimal(text, MAX_BANDWIDTH);
  return isToken(type) && amount !== undefined ? { type, value: amount } : undefined;
}

/** `t=<start-time> <stop-time>` (RFC 8866 section 5.9) */
export function parseTime(value: string): TimeDescription | undefined {
  const fields = value.split(" ", 3);
  if (fields.length !== 2) return undefined;
  const [start, stop] = fields as [string, string];
  if (!isTime(start) || !isTime(stop)) return undefined;
  return { start, stop, repeats: [] };
}

function isTime(text: string): boolean {
  return text.length <= MAX_TIME_DIGITS && /^\d+$/.test(text);
}

/** `r=<repeat interval> <active duration> <offsets from start-time>` (RFC 8866 section 5.10) */
export function isRepeat(value: string): boolean {
  const fields = value.split(" ");
  return fields.length >= 3 && fields.every((field) => /^\d+[dhms]?$/.test(field));
}

/** `z=<adjustment time> <offset> <adjustment time> <offset> ...` (RFC 8866 section 5.11) */
export function isZones(value: string): boolean {
  const fields = value.split(" ");
  return fields.length % 2 === 0 &&
    fields.every((field, i) => i % 2 === 0 ? /^\d+$/.test(field) : /^-?\d+[dhms]?$/.test(field));
}

/** `m=<media> <port>[/<number of ports>] <proto> <fmt> ...` (RFC 8866 section 5.14) */
export function parseMedia(value: string): MediaDescription | undefined {
  const [kind, ports, protocol, ...formats] = value.split(" ", 3 + MAX_FORMATS + 1);
  if (kind === undefined || ports === undefined || protocol === undefined) return undefined;
  if (!isToken(kind) || !protocol.split("/").every(isToken)) return undefined;
  if (formats.length === 0 || formats.length > MAX_FORMATS) return undefined;
  if (!formats.every((format) => isFormat(format, protocol))) return undefined;
  const slash = ports.indexOf("/");
  const port = parseDecimal(slash < 0 ? ports : ports.slice(0, slash), MAX_U16);
  if (port === undefined) return undefined;
  const media = { kind, port, protocol, formats, connections: [], bandwidths: [], attributes: [] };
  if (slash < 0) return media;
  const portCount = parsePositive(ports.slice(slash + 1), MAX_U16);
  return portCount === undefined ? undefined : { ...media, portCount };
}

/** RFC 8866 section 5.14: the format of RTP is a payload type, that of others a token of their own. */
function isFormat(format: string, protocol: string): boolean {
  if (isRtp(protocol)) return parseDecimal(format, MAX_PAYLOAD_TYPE) !== undefined;
  return format !== "";
}

/** `a=<attribute-name>[:<attribute-value>]` (RFC 8866 section 5.13). Never fails: what nobody knows is kept. */
export function parseAttribute(value: string): Attribute {
  const colon = value.indexOf(":");
  // A name is a token, so a space after it is nobody's: both browsers take "a=sendrecv " for "a=sendrecv".
  if (colon < 0) return { name: value.trimEnd() };
  return { name: value.slice(0, colon), value: value.slice(colon + 1) };
}
