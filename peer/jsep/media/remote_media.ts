/**
 * Audio and video sections of a description, as plain data: whatever a peer wrote at the session level, or in an older style, is in its place here.
 *
 * @module
 */
import {
  type Attribute,
  directionOf,
  type ExtMap,
  find,
  findAll,
  has,
  inherited,
  inheritedAll,
  isRtp,
  type MediaDescription,
  type Msid,
  parseExtMap,
  parseFmtp,
  parseMsid,
  parseRid,
  parseRtcpFeedback,
  parseRtpMap,
  parseSimulcast,
  type Rid,
  type RtpMap,
  type SessionDescription,
  type Simulcast,
} from "../../../sdp/mod.ts";
import { isRejected, midOf } from "../sections.ts";
import type { Direction } from "./directions.ts";
import { type MediaFormat, type MediaKind, STATIC_PAYLOAD_TYPES } from "./media_format.ts";
import { readSources, type RemoteSource } from "./remote_sources.ts";

/** An audio or video section as it is read: of a remote description, or of one of ours, to see what that has said. */
export interface RemoteMedia {
  /** Its place among the sections. */
  readonly index: number;
  /** Its mid; its index where it has none. */
  readonly mid: string;
  readonly kind: MediaKind;
  /** As on the `m=` line, for the answer to repeat. */
  readonly protocol: string;
  readonly isRejected: boolean;
  /** As the peer sees it. */
  readonly direction: Direction;
  /** In the peer's order, without those that it does not explain. */
  readonly formats: readonly MediaFormat[];
  readonly extensions: readonly ExtMap[];
  /** Whether headers of both kinds may occur in one stream (RFC 8285 section 4.1.2). */
  readonly extmapAllowMixed: boolean;
  /** The streams of the track, "-" left out; undefined if the peer knows nothing of streams, and a default one is called for. */
  readonly streamIds?: readonly string[];
  /** The id of the track, from peers that still tell it. */
  readonly trackId?: string;
  /** What `a=ssrc` and `a=ssrc-group` tell of RTP sources. */
  readonly sources: readonly RemoteSource[];
  readonly rids: readonly Rid[];
  readonly simulcast?: Simulcast;
  readonly rtcpMux: boolean;
  readonly rtcpMuxOnly: boolean;
  /** Whether RTCP packets may be other than compound (RFC 5506). */
  readonly rtcpReducedSize: boolean;
  /** The most that the peer takes, in bits per second of RTP payload (RFC 3890). */
  readonly maxBitrate?: number;
}

/** Extensions that we look at: one for each id there is. */
const MAX_EXTENSIONS = 512;

/** Streams that one track can be in, and rids that a section can have. */
const MAX_ENTRIES = 64;

/** Whether a section is one for tracks. */
export function isMediaSection(media: MediaDescription): boolean {
  return (media.kind === "audio" || media.kind === "video") && isRtp(media.protocol);
}

/** What sections can have from the session level. */
const INHERITED: ReadonlySet<string> = new Set([
  ...["sendrecv", "sendonly", "recvonly", "inactive"],
  ...["extmap", "extmap-allow-mixed", "rtcp-fb", "rtcp-mux", "rtcp-rsize"],
]);

/** Attributes of the session level that we look at: what is looked at once for each section must be few. */
const MAX_INHERITED = 512;

/** The sections of a description in their places; undefined where one is not for tracks. */
export function readSections(session: SessionDescription): (RemoteMedia | undefined)[] {
  const attributes = session.attributes.filter(({ name }) => INHERITED.has(name));
  const defaults = { ...session, attributes: attributes.slice(0, MAX_INHERITED) };
  return session.media.map((media, index) =>
    isMediaSection(media) ? readMedia(defaults, media, index) : undefined
  );
}

/** The sections for tracks of a description. */
export function readAllMedia(session: SessionDescription): RemoteMedia[] {
  return readSections(session).filter((media) => media !== undefined);
}

function readMedia(
  session: SessionDescription,
  media: MediaDescription,
  index: number,
): RemoteMedia {
  const { attributes } = media;
  const simulcast = parseSimulcast(find(attributes, "simulcast")?.value);
  const maxBitrate = maxBitrateOf(media);
  const sources = readSources(media);
  return {
    index,
    mid: midOf(session, index),
    kind: media.kind as MediaKind,
    protocol: media.protocol,
    isRejected: isRejected(media),
    direction: directionOf(session, media),
    formats: readFormats(session, media),
    extensions: readExtensions(session, media),
    extmapAllowMixed: inherited(session, media, "extmap-allow-mixed") !== undefined,
    ...readMsids(attributes, sources),
    sources,
    rids: readRids(attributes),
    ...(simulcast && { simulcast }),
    rtcpMux: inherited(session, media, "rtcp-mux") !== undefined,
    rtcpMuxOnly: has(attributes, "rtcp-mux-only"),
    rtcpReducedSize: inherited(session, media, "rtcp-rsize") !== undefined,
    ...(maxBitrate !== undefined && { maxBitrate }),
  };
}

/** The formats that a section explains, by an `a=rtpmap` or by a payload type that needs none. */
function readFormats(session: SessionDescription, media: MediaDescription): MediaFormat[] {
  const maps = mapsOf(media.attributes);
  const fmtps = fmtpsOf(media.attributes);
  const feedback = feedbackOf(inheritedAll(session, media, "rtcp-fb"));
  const formats: MediaFormat[] = [];
  for (const payloadType of new Set(media.formats.map(Number))) {
    const map = maps.get(payloadType) ?? STATIC_PAYLOAD_TYPES.get(payloadType);
    if (map === undefined) continue;
    const fmtp = fmtps.get(payloadType);
    formats.push({
      payloadType,
      name: map.encodingName,
      clockRate: map.clockRate,
      ...(media.kind === "audio" && { channels: map.channels ?? 1 }),
      ...(fmtp !== undefined && { fmtp }),
      // RFC 4585 section 4.2: "*" speaks of every payload type.
      feedback: [...new Set([...feedback.get("*") ?? [], ...feedback.get(payloadType) ?? []])],
    });
  }
  return formats;
}

function mapsOf(attributes: readonly Attribute[]): ReadonlyMap<number, RtpMap> {
  const maps = new Map<number, RtpMap>();
  for (const { value } of findAll(attributes, "rtpmap")) {
    const map = parseRtpMap(value);
    if (map !== undefined && !maps.has(map.payloadType)) maps.set(map.payloadType, map);
  }
  return maps;
}

/** The texts of `a=fmtp` after the payload type. Several for one payload type, which some peers write, are taken together. */
function fmtpsOf(attributes: readonly Attribute[]): ReadonlyMap<number, string> {
  const texts = new Map<number, string[]>();
  for (const { value } of findAll(attributes, "fmtp")) {
    const payloadType = parseFmtp(value)?.payloadType;
    if (payloadType === undefined) continue;
    const text = value!.trimStart().replace(/^\d+\s+/, "");
    const before = texts.get(payloadType);
    if (before === undefined) texts.set(payloadType, [text]);
    else before.push(text);
  }
  return new Map(Array.from(texts, ([payloadType, all]) => [payloadType, all.join(";")]));
}

function feedbackOf(lines: readonly Attribute[]): ReadonlyMap<number | "*", string[]> {
  const feedback = new Map<number | "*", string[]>();
  for (const { value } of lines) {
    const line = parseRtcpFeedback(value);
    if (line === undefined) continue;
    const text = line.parameter === undefined ? line.type : `${line.type} ${line.parameter}`;
    const before = feedback.get(line.payloadType);
    if (before === undefined) feedback.set(line.payloadType, [text]);
    else before.push(text);
  }
  return feedback;
}

/** RFC 8285 section 5: extensions of the session level hold for each section. Of those with one id, the first counts. */
function readExtensions(session: SessionDescription, media: MediaDescription): ExtMap[] {
  const lines = [...findAll(media.attributes, "extmap"), ...findAll(session.attributes, "extmap")];
  return lines.slice(0, MAX_EXTENSIONS)
    .map(({ value }) => parseExtMap(value))
    .filter((extension) => extension !== undefined);
}

/** `a=msid`, or what older versions of Chromium said of it in `a=ssrc` lines. */
function readMsids(
  attributes: readonly Attribute[],
  sources: readonly RemoteSource[],
): Pick<RemoteMedia, "streamIds" | "trackId"> {
  const msids: Msid[] = findAll(attributes, "msid").slice(0, MAX_ENTRIES)
    .map(({ value }) => parseMsid(value))
    .filter((msid) => msid !== undefined);
  if (msids.length === 0) {
    const msid = sources.find((source) => source.msid !== undefined)?.msid;
    if (msid === undefined) return {};
    msids.push(msid);
  }
  const streamIds = new Set(msids.map(({ streamId }) => streamId));
  streamIds.delete("-"); // RFC 8830 section 2: a track without a stream
  const trackId = msids[0]!.trackId;
  return { streamIds: [...streamIds], ...(trackId !== undefined && { trackId }) };
}

/** RFC 8851 section 4: an id means one stream. */
function readRids(attributes: readonly Attribute[]): Rid[] {
  const rids = new Map<string, Rid>();
  for (const { value } of findAll(attributes, "rid").slice(0, MAX_ENTRIES)) {
    const rid = parseRid(value);
    if (rid !== undefined && !rids.has(rid.id)) rids.set(rid.id, rid);
  }
  return [...rids.values()];
}

/** `b=TIAS`, else what `b=AS` comes to (RFC 9429 section 5.10). */
function maxBitrateOf({ bandwidths }: MediaDescription): number | undefined {
  const limit = (type: string) =>
    bandwidths.find((bandwidth) => bandwidth.type === type && bandwidth.value >= 0)?.value;
  const specific = limit("AS");
  return limit("TIAS") ??
    (specific === undefined ? undefined : Math.max(0, specific * 1000 * 0.95 - 50 * 40 * 8));
}
