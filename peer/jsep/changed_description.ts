import {
  type Attribute,
  type MediaDescription,
  parseSession,
  type SessionDescription,
} from "../../sdp/mod.ts";
import { repeatTransports } from "./repeated_transports.ts";

/** What may be left out of a media section, and put in another order. */
const REMOVABLE: ReadonlySet<string> = new Set([
  ...[
    "rtpmap",
    "rtcp-fb",
    "extmap",
    "extmap-allow-mixed",
    "rid",
    "simulcast",
    "ssrc",
    "ssrc-group",
  ],
  ...["rtcp-rsize", "msid-semantic"],
]);

const NONE: ReadonlySet<string> = new Set();

/** What may have any value, or come in addition. */
const FREE: ReadonlySet<string> = new Set([
  ...["fmtp", "extmap", "msid", "ptime", "maxptime"],
  ...["sendrecv", "sendonly", "recvonly", "inactive"],
]);

/**
 * A created description with what an application has changed in the text that was shown of it; undefined if it may not be changed so.
 *
 * Deviation: W3C WebRTC section 4.4.1.5 takes no description that was changed. Browsers take nearly any, and what is written for them
 * relies on it: mediasoup-client and SIP.js give back what their parsers have read, programs add `stereo=1`, leave out codecs, or put in
 * header extensions. What is said of audio and video may change, then; sections, transports and all that has no known meaning may not.
 */
export function withChanges(
  created: SessionDescription,
  sdp: string,
): SessionDescription | undefined {
  const parsed = parseSession(sdp);
  if (!parsed.ok) return undefined;
  const [shown, given] = [repeatTransports(created), parsed.session];
  const isSameSession = given.media.length === shown.media.length &&
    given.origin.sessionId === shown.origin.sessionId &&
    given.origin.sessionVersion === shown.origin.sessionVersion &&
    keepsAttributes(shown.attributes, given.attributes, NONE);
  if (!isSameSession) return undefined;
  const media = given.media.flatMap((section, i) =>
    keepsSection(shown.media[i]!, section) ? [withMediaOf(created.media[i]!, section)] : []
  );
  return media.length === given.media.length ? { ...created, media } : undefined;
}

function keepsSection(shown: MediaDescription, given: MediaDescription): boolean {
  return given.kind === shown.kind && given.protocol === shown.protocol &&
    (given.port === 0) === (shown.port === 0) &&
    given.formats.every((format) => shown.formats.includes(format)) &&
    keepsAttributes(shown.attributes, given.attributes, FREE);
}

/** Whether nothing came in addition that is not free, and nothing is gone that has to stay. */
function keepsAttributes(
  shown: readonly Attribute[],
  given: readonly Attribute[],
  free: ReadonlySet<string>,
): boolean {
  const isFree = ({ name }: Attribute) => free.has(name);
  const [before, after] = [shown, given].map((attributes) => new Set(attributes.map(textOf)));
  return given.every((attribute) => isFree(attribute) || before!.has(textOf(attribute))) &&
    shown.every((attribute) =>
      isFree(attribute) || REMOVABLE.has(attribute.name) || after!.has(textOf(attribute))
    );
}

/** Parsers that read and write a description may do so with other spaces. */
function textOf({ name, value = "" }: Attribute): string {
  return `${name}:${value.trim().replaceAll(/\s+/g, " ")}`;
}

function withMediaOf(created: MediaDescription, given: MediaDescription): MediaDescription {
  const isOfMedia = ({ name }: Attribute) => FREE.has(name) || REMOVABLE.has(name);
  return {
    ...created,
    formats: given.formats,
    bandwidths: given.bandwidths,
    attributes: [
      ...created.attributes.filter((attribute) => !isOfMedia(attribute)),
      ...given.attributes.filter(isOfMedia),
    ],
  };
}
