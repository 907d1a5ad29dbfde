/**
 * Which format of a peer is which codec of ours. Both get an identity, a text made of all that must be the same on both sides; what
 * each side says for itself only, such as `stereo` of Opus or the level of H.264, is not part of it.
 *
 * @module
 */
import { parseFormatParameters, writeFormatParameters } from "../../../sdp/mod.ts";
import { type Codec, codecsOf } from "./codecs.ts";
import { answerProfileLevelId, parseProfileLevelId } from "./h264_profile.ts";
import { isRtx, type MediaFormat, type MediaKind } from "./media_format.ts";

/** What a codec is known by, in a description or in a dictionary. */
export interface CodecDescription {
  readonly name: string;
  readonly clockRate: number;
  readonly channels?: number;
  readonly fmtp?: string;
}

/** The parameters of `a=fmtp` by their names. */
export type FormatParameters = ReadonlyMap<string, string | undefined>;

/** The parameters of an `a=fmtp`; none if there is no such line. */
export function parametersOf(fmtp: string | undefined): FormatParameters {
  return fmtp === undefined ? new Map() : parseFormatParameters(fmtp);
}

/**
 * The parameters of a codec that must be equal on both sides, inferred where they are absent; undefined if one is malformed.
 * AV1 has none: profile, level-idx and tier tell what each side can receive (AV1 RTP specification section 7.2.3).
 */
export function symmetricParameters(
  name: string,
  parameters: FormatParameters,
): readonly string[] | undefined {
  const value = (parameter: string, inferred: string) =>
    (parameters.get(parameter) ?? inferred).toLowerCase();
  switch (name.toLowerCase()) {
    case "h264": {
      // RFC 6184 section 8.2.2: the level may be changed, the profile and the packetization mode may not.
      const profile = parseProfileLevelId(parameters.get("profile-level-id"))?.profile;
      return profile && [profile, value("packetization-mode", "0")];
    }
    case "vp9":
      return [value("profile-id", "0")]; // RFC 9628 section 6
    case "h265":
      return [ // RFC 7798 section 7.2.2
        value("profile-space", "0"),
        value("profile-id", "1"),
        value("tier-flag", "0"),
        value("tx-mode", "srst"),
      ];
    default:
      return [];
  }
}

/**
 * What makes two formats of a kind the same codec: equal texts are. Undefined for RTX, which is nothing without what it repeats, and
 * for formats with a malformed parameter.
 */
export function codecIdentity(kind: MediaKind, codec: CodecDescription): string | undefined {
  if (isRtx(codec)) return undefined;
  const parameters = parametersOf(codec.fmtp);
  const symmetric = symmetricParameters(codec.name, parameters);
  if (symmetric === undefined) return undefined;
  const name = codec.name.toLowerCase();
  // RFC 8866 section 6.6: audio without a number of channels has one. Video has none, and some write one.
  const channels = kind === "audio" ? [codec.channels ?? 1] : [];
  // Though AV1 does not ask for it, peers give each profile a payload type of its own, and mean it by that.
  const profile = name === "av1" ? [parameters.get("profile") ?? "0"] : [];
  return [kind, name, codec.clockRate, ...channels, ...symmetric, ...profile].join("/");
}

/** The identity of the retransmissions of a codec. */
export function rtxIdentity(identity: string): string {
  return `rtx of ${identity}`;
}

/** The payload type that a format of RTX repeats (RFC 4588 section 8.3); undefined if it tells none. */
export function associatedPayloadType(format: MediaFormat): number | undefined {
  const apt = parametersOf(format.fmtp).get("apt");
  return apt !== undefined && /^\d{1,3}$/.test(apt) ? Number(apt) : undefined;
}

/** The identities of the formats of a section by their payload types: also of RTX where what it repeats is there. */
export function identitiesOf(
  kind: MediaKind,
  formats: readonly MediaFormat[],
): ReadonlyMap<number, string> {
  const identities = new Map<number, string>();
  for (const format of formats) {
    const identity = codecIdentity(kind, format);
    if (identity !== undefined) identities.set(format.payloadType, identity);
  }
  const repaired = new Map(identities);
  for (const format of formats.filter(isRtx)) {
    const identity = identities.get(associatedPayloadType(format) ?? -1);
    if (identity !== undefined) repaired.set(format.payloadType, rtxIdentity(identity));
  }
  return repaired;
}

/** Our codecs of both kinds by their identities. */
const OURS: ReadonlyMap<string, Codec> = new Map(
  [...codecsOf("audio"), ...codecsOf("video")].map((codec) => [identityOf(codec), codec]),
);

/** The identity of a codec of ours. */
export function identityOf(codec: Codec): string {
  return codecIdentity(codec.kind, codec)!;
}

/** The codec of ours that a format is; undefined if it is none. */
export function findCodec(kind: MediaKind, format: CodecDescription): Codec | undefined {
  const identity = codecIdentity(kind, format);
  return identity === undefined ? undefined : OURS.get(identity);
}

/** What a codec of ours says of itself where a peer has offered it with the parameters `offered`. */
export function answerFmtp(codec: Codec, offered: string | undefined): string | undefined {
  const own = new Map(parametersOf(codec.fmtp));
  const theirs = parametersOf(offered);
  switch (codec.name) {
    case "H264": {
      // RFC 6184 section 8.1: the levels of the two directions are independent only if both sides say so.
      const asymmetryAllowed = theirs.get("level-asymmetry-allowed") === "1";
      own.set(
        "profile-level-id",
        answerProfileLevelId(
          theirs.get("profile-level-id"),
          own.get("profile-level-id")!,
          asymmetryAllowed,
        ),
      );
      break;
    }
    case "H265": {
      // RFC 7798 section 7.2.2: the answer may lower the level.
      const level = Number(theirs.get("level-id") ?? H265_DEFAULT_LEVEL);
      if (level < Number(own.get("level-id"))) own.set("level-id", String(level));
      break;
    }
    default:
      return codec.fmtp;
  }
  return writeFormatParameters(own);
}

/** Level 3.1, which holds where level-id is absent (RFC 7798 section 7.1). */
const H265_DEFAULT_LEVEL = 93;

/**
 * Reports of arrivals, stream by stream (RFC 8888 section 6). Where they are offered they take the place of transport-wide feedback, which
 * tells the same, as in libwebrtc; we don't offer them, for what browsers make of the line has changed over the years.
 */
export const CCFB = "ack ccfb";

/** Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01). */
export const TRANSPORT_CC = "transport-cc";

/** The feedback that both sides know, in the order of the offer (RFC 9429 section 5.3.1). */
export function commonFeedback(
  offered: readonly string[],
  own: readonly string[],
): readonly string[] {
  return offered.filter((feedback) => own.includes(feedback));
}
