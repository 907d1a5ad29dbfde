/**
 * The dictionary `RTCRtpCodec`, by which applications name codecs: comparing them, and preferring some to others.
 *
 * @module
 */
import { type Direction, receives, sends } from "./directions.ts";
import {
  type CodecDescription,
  type FormatParameters,
  parametersOf,
  symmetricParameters,
} from "./codec_match.ts";
import { capabilities, type RtpCodec } from "./codecs.ts";
import { decodesProfile, parseProfileLevelId } from "./h264_profile.ts";
import { carriesMedia, isSameName, type MediaFormat, type MediaKind } from "./media_format.ts";

/** The dictionary `RTCRtpCodecParameters` of W3C WebRTC. */
export interface RtpCodecParameters extends RtpCodec {
  /** 0 to 127. */
  payloadType: number;
}

/** The "codec dictionary match" of W3C WebRTC (`setCodecPreferences`). */
export function codecDictionaryMatch(
  first: Readonly<RtpCodec>,
  second: Readonly<RtpCodec>,
  ignoreAsymmetricalParameters = false,
): boolean {
  return isSameName(first.mimeType, second.mimeType) &&
    first.clockRate === second.clockRate &&
    first.channels === second.channels &&
    sdpFmtpLineMatch(
      encodingName(first),
      first.sdpFmtpLine,
      second.sdpFmtpLine,
      ignoreAsymmetricalParameters,
    );
}

function sdpFmtpLineMatch(
  name: string,
  first: string | undefined,
  second: string | undefined,
  ignoreAsymmetricalParameters: boolean,
): boolean {
  if (first === undefined || second === undefined) return first === second;
  const one = parametersOf(first);
  const other = parametersOf(second);
  if ([...one.values(), ...other.values()].includes(undefined)) return first === second;
  const symmetric = symmetricParameters(name, one);
  if (symmetric?.join() !== symmetricParameters(name, other)?.join()) return false;
  if (ignoreAsymmetricalParameters && symmetric !== undefined) return true;
  return [...new Set([...one.keys(), ...other.keys()])].every((parameter) =>
    (one.get(parameter) ?? inferred(name, parameter)) ===
      (other.get(parameter) ?? inferred(name, parameter))
  );
}

/**
 * Whether what is encoded as `given` may be sent under the payload type of `negotiated`: as the same codec or, of H264, as one whose decoder
 * decodes it too. Parameters count where both tell them.
 */
export function canBeSentAs(given: Readonly<RtpCodec>, negotiated: Readonly<RtpCodec>): boolean {
  if (!isSameName(given.mimeType, negotiated.mimeType)) return false;
  if (given.sdpFmtpLine === undefined || negotiated.sdpFmtpLine === undefined) return true;
  if (codecDictionaryMatch(given, negotiated, true)) return true;
  if (!isSameName(given.mimeType, "video/H264")) return false;
  const [stream, decoder] = [given, negotiated].map(({ sdpFmtpLine }) => parametersOf(sdpFmtpLine));
  const modeOf = (parameters: FormatParameters) => parameters.get("packetization-mode") ?? "0";
  const profileOf = (parameters: FormatParameters) =>
    parseProfileLevelId(parameters.get("profile-level-id"))?.profile;
  const [from, to] = [profileOf(stream!), profileOf(decoder!)];
  // Mode 0 has no room for pictures of more than a packet.
  return from !== undefined && to !== undefined && modeOf(stream!) === modeOf(decoder!) &&
    decodesProfile(to, from);
}

/** What parameters are taken to be where they are absent: RFC 6184 section 8.1, RFC 7798 section 7.1, RFC 9628 section 6, AV1 RTP specification section 7.2.1. */
const INFERRED: Readonly<Record<string, FormatDefaults>> = {
  h264: new Map([["packetization-mode", "0"], ["profile-level-id", "42000a"]]),
  h265: new Map([["level-id", "93"], ["profile-id", "1"], ["tier-flag", "0"], ["tx-mode", "SRST"]]),
  vp9: new Map([["profile-id", "0"]]),
  av1: new Map([["level-idx", "5"], ["profile", "0"], ["tier", "0"]]),
};

type FormatDefaults = ReadonlyMap<string, string>;

function inferred(name: string, parameter: string): string | undefined {
  const key = name.toLowerCase();
  return Object.hasOwn(INFERRED, key) ? INFERRED[key]!.get(parameter) : undefined;
}

function encodingName({ mimeType }: Readonly<RtpCodec>): string {
  return mimeType.slice(mimeType.indexOf("/") + 1);
}

/** A dictionary as what the rest of negotiation works with. */
export function codecDescription(codec: Readonly<RtpCodec>): CodecDescription {
  return {
    name: encodingName(codec),
    clockRate: codec.clockRate,
    ...(codec.channels !== undefined && { channels: codec.channels }),
    ...(codec.sdpFmtpLine !== undefined && { fmtp: codec.sdpFmtpLine }),
  };
}

/** A negotiated format as the dictionary that `getParameters` returns. */
export function codecParameters(kind: MediaKind, format: MediaFormat): RtpCodecParameters {
  return {
    payloadType: format.payloadType,
    mimeType: `${kind}/${format.name}`,
    clockRate: format.clockRate,
    ...(format.channels !== undefined && { channels: format.channels }),
    ...(format.fmtp !== undefined && { sdpFmtpLine: format.fmtp }),
  };
}

/**
 * The codecs that `setCodecPreferences` stores: duplicates removed. Undefined if the text has it throw an InvalidModificationError:
 * one of them is no capability, or none of them carries media.
 */
export function checkCodecPreferences(
  kind: MediaKind,
  codecs: readonly Readonly<RtpCodec>[],
): readonly Readonly<RtpCodec>[] | undefined {
  if (codecs.length === 0) return [];
  const unique: Readonly<RtpCodec>[] = [];
  for (const codec of codecs) {
    if (!unique.some((other) => codecDictionaryMatch(codec, other))) unique.push(codec);
  }
  const known = capabilities(kind).codecs;
  if (!unique.every((codec) => known.some((other) => codecDictionaryMatch(codec, other)))) {
    return undefined;
  }
  return unique.some((codec) => carriesMedia(codecDescription(codec))) ? unique : undefined;
}

/** The preferences that count for a direction (W3C WebRTC, "final steps to create an offer"): `filteredCodecs`. */
export function filterCodecPreferences(
  preferences: readonly Readonly<RtpCodec>[],
  direction: Direction,
  implemented: {
    readonly send: readonly Readonly<RtpCodec>[];
    readonly receive: readonly Readonly<RtpCodec>[];
  },
): readonly Readonly<RtpCodec>[] {
  const isIn = (codec: Readonly<RtpCodec>, list: readonly Readonly<RtpCodec>[]) =>
    list.some((other) => codecDictionaryMatch(codec, other, true));
  return preferences.filter((codec) =>
    (!sends(direction) || isIn(codec, implemented.send)) &&
    (!receives(direction) || isIn(codec, implemented.receive))
  );
}
