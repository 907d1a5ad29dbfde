import {
  cut,
  fieldsOf,
  MAX_PAYLOAD_TYPE,
  MAX_U32,
  parseDecimal,
  parsePositive,
} from "../grammar.ts";

/** What a payload type stands for (RFC 8866 section 6.6). */
export interface RtpMap {
  /** 0 to 127. */
  readonly payloadType: number;
  /** "opus", "VP8", ...; case does not matter when names are compared (RFC 4855 section 3). */
  readonly encodingName: string;
  /** Hertz of the RTP clock. */
  readonly clockRate: number;
  /** Channels of audio. Absent means one. */
  readonly channels?: number;
}

/** Parameters of a payload type (RFC 8866 section 6.15). */
export interface Fmtp {
  /** 0 to 127. */
  readonly payloadType: number;
  /**
   * By their names, in order; undefined for what has no "=", such as the `0-15` of telephone-event or the `111/111` of RED. A `Map`,
   * because the names are the peer's to choose.
   */
  readonly parameters: ReadonlyMap<string, string | undefined>;
}

/** Channels that an rtpmap can have: more than any codec of WebRTC. */
const MAX_CHANNELS = 255;

/** Parameters that one fmtp can have: several times those of H.264, which has the most. The rest is ignored. */
const MAX_PARAMETERS = 256;

/** Parses the value of `a=rtpmap`: `<payload type> <encoding name>/<clock rate>[/<channels>]` (RFC 8866 section 6.6). */
export function parseRtpMap(value: string | undefined): RtpMap | undefined {
  if (value === undefined) return undefined;
  const [payloadText = "", encoding = "", ...more] = fieldsOf(value);
  const payloadType = parseDecimal(payloadText, MAX_PAYLOAD_TYPE);
  const [encodingName, rates = ""] = cut(encoding, "/");
  const [rateText, channelText] = cut(rates, "/");
  const clockRate = parsePositive(rateText, MAX_U32);
  if (payloadType === undefined || encodingName === "" || clockRate === undefined) return undefined;
  if (more.length > 0) return undefined;
  if (channelText === undefined) return { payloadType, encodingName, clockRate };
  const channels = parsePositive(channelText, MAX_CHANNELS);
  return channels === undefined ? undefined : { payloadType, encodingName, clockRate, channels };
}

/** Writes the value of `a=rtpmap`. */
export function writeRtpMap({ payloadType, encodingName, clockRate, channels }: RtpMap): string {
  const encoding = `${payloadType} ${encodingName}/${clockRate}`;
  return channels === undefined ? encoding : `${encoding}/${channels}`;
}

/**
 * Parses the value of `a=fmtp` (RFC 8866 section 6.15). Of a parameter that comes twice, the last counts.
 *
 * @example
 * ```ts
 * import { parseFmtp } from "@heron/webrtc/sdp";
 * import { assertEquals } from "@std/assert";
 *
 * const fmtp = parseFmtp("111 minptime=10; useinbandfec=1");
 * assertEquals(fmtp?.payloadType, 111);
 * assertEquals(fmtp?.parameters.get("useinbandfec"), "1");
 * ```
 */
export function parseFmtp(value: string | undefined): Fmtp | undefined {
  if (value === undefined) return undefined;
  const [payloadText, text] = cut(value.trimStart(), " ");
  const payloadType = parseDecimal(payloadText, MAX_PAYLOAD_TYPE);
  if (payloadType === undefined || text === undefined) return undefined;
  return { payloadType, parameters: parseFormatParameters(text) };
}

/** Parses `name=value;name=value`, the parameters of `a=fmtp` without the payload type. */
export function parseFormatParameters(text: string): Map<string, string | undefined> {
  const parameters = new Map<string, string | undefined>();
  for (const parameter of text.split(";")) {
    const [name, value] = cut(parameter.trim(), "=");
    if (name === "") continue;
    if (parameters.size >= MAX_PARAMETERS && !parameters.has(name)) continue;
    parameters.set(name.trimEnd(), value?.trimStart());
  }
  return parameters;
}

/** Writes the value of `a=fmtp`. */
export function writeFmtp({ payloadType, parameters }: Fmtp): string {
  return `${payloadType} ${writeFormatParameters(parameters)}`;
}

/** Writes the parameters of `a=fmtp` without the payload type: what W3C WebRTC calls `sdpFmtpLine`. */
export function writeFormatParameters(
  parameters: ReadonlyMap<string, string | undefined>,
): string {
  return Array.from(
    parameters,
    ([name, value]) => value === undefined ? name : `${name}=${value}`,
  ).join(";");
}

/** Parses the value of `a=ptime` or `a=maxptime` (RFC 8866 sections 6.4 and 6.5): milliseconds of media in a packet, above 0. */
export function parsePacketTime(value: string | undefined): number | undefined {
  if (value === undefined || !/^\d{1,9}(\.\d{1,9})?$/.test(value)) return undefined;
  const milliseconds = Number(value);
  return milliseconds > 0 ? milliseconds : undefined;
}
