import { isRtp, isSctp } from "../grammar.ts";
import type { Attribute } from "../model.ts";
import { parseFingerprint, parseSetup } from "./dtls.ts";
import { parseExtMap } from "./extmap.ts";
import { parseGroup, parseMid } from "./identification.ts";
import { parseMsid } from "./msid.ts";
import { parseFmtp, parseRtpMap } from "./payload.ts";
import { parseRtcpFeedback } from "./rtcp.ts";
import { parseMaxMessageSize, parseSctpPort } from "./sctp.ts";
import { parseSsrc, parseSsrcGroup } from "./ssrc.ts";

/** Parsers of an attribute's value, by its name: undefined tells that the value is malformed. */
type Rules = ReadonlyMap<string, (value: string | undefined) => unknown>;

// RFC 9429 section 5.8 has a description that is malformed rejected as a whole. Which attributes count follows libwebrtc: what the
// transport or the codecs hang on is here; candidates, rid and simulcast are not, because a bad one of these is merely skipped.
// Nor are ice-ufrag and ice-pwd: some servers' are too short, which is for whoever applies the description to refuse.

const TRANSPORT: Rules = new Map<string, (value: string | undefined) => unknown>([
  ["fingerprint", parseFingerprint],
  ["setup", parseSetup],
]);

const SESSION: Rules = new Map([...TRANSPORT, ["group", parseGroup], ["extmap", parseExtMap]]);

const OTHER_MEDIA: Rules = new Map([...TRANSPORT, ["mid", parseMid]]);

const SCTP: Rules = new Map([
  ...OTHER_MEDIA,
  ["sctp-port", parseSctpPort],
  ["max-message-size", parseMaxMessageSize],
]);

const RTP: Rules = new Map<string, (value: string | undefined) => unknown>([
  ...OTHER_MEDIA,
  // Deviation: a map without a clock rate, as AirPlay writes, is skipped. libwebrtc refuses it.
  ["rtpmap", (value) => value?.includes("/") === false || parseRtpMap(value)],
  ["fmtp", parseFmtp],
  ["rtcp-fb", parseRtcpFeedback],
  ["extmap", parseExtMap],
  ["msid", parseMsid],
  ["ssrc", parseSsrc],
  ["ssrc-group", parseSsrcGroup],
]);

/**
 * What is wrong with an attribute in a section of `protocol` (undefined: at the session level). Undefined if nothing is, or if the
 * attribute is none of those that matter there.
 */
export function attributeFault(
  { name, value }: Attribute,
  protocol: string | undefined,
): string | undefined {
  const rule = rulesFor(protocol).get(name);
  if (rule === undefined || rule(value) !== undefined) return undefined;
  return `malformed a=${name}`;
}

function rulesFor(protocol: string | undefined): Rules {
  if (protocol === undefined) return SESSION;
  if (isRtp(protocol)) return RTP;
  return isSctp(protocol) ? SCTP : OTHER_MEDIA;
}
