/**
 * The formats of a section: those that we offer, those that we accept of an offer, and those that we can send to whoever wrote a
 * description.
 *
 * @module
 */
import { codecDescription, filterCodecPreferences } from "./codec_dictionary.ts";
import {
  answerFmtp,
  associatedPayloadType,
  CCFB,
  commonFeedback,
  findCodec,
  identitiesOf,
  identityOf,
  rtxIdentity,
  TRANSPORT_CC,
} from "./codec_match.ts";
import { capabilities, type Codec, codecsOf, type RtpCodec } from "./codecs.ts";
import type { Direction } from "./directions.ts";
import { carriesMedia, isRed, isRtx, type MediaFormat, type MediaKind } from "./media_format.ts";
import type { PayloadTypes } from "./payload_types.ts";

/** The codecs of ours that a section can have, the most preferred first. */
export interface CodecSelection {
  readonly kind: MediaKind;
  readonly codecs: readonly Codec[];
  /** Whether lost packets may be sent again (RFC 4588). */
  readonly rtx: boolean;
  /** Whether the application has set the order, rather than we. */
  readonly isPreference: boolean;
}

/** The codecs for a transceiver: all of ours, or what remains of its preferences in its direction if that is something. */
export function selectCodecs(
  kind: MediaKind,
  direction: Direction,
  preferences: readonly Readonly<RtpCodec>[] = [],
): CodecSelection {
  const implemented = capabilities(kind).codecs;
  const filtered = filterCodecPreferences(preferences, direction, {
    send: implemented,
    receive: implemented,
  }).map(codecDescription);
  if (filtered.length === 0) {
    return { kind, codecs: codecsOf(kind), rtx: true, isPreference: false };
  }
  const codecs = filtered.map((codec) => findCodec(kind, codec)).filter((codec) =>
    codec !== undefined
  );
  return { kind, codecs: [...new Set(codecs)], rtx: filtered.some(isRtx), isPreference: true };
}

/**
 * The formats of an offer. `answered` are those of the most recent answer for the section, if there is one: without preferences
 * its order holds, and what it lacks comes after it (RFC 9429 section 5.2.2).
 */
export function offerFormats(
  selection: CodecSelection,
  payloadTypes: PayloadTypes,
  mid: string,
  answered: readonly MediaFormat[] = [],
): MediaFormat[] {
  const arrivals = reportsArrivals(answered) ? [CCFB] : [];
  const formats: MediaFormat[] = [];
  for (const codec of inOrderOf(answered, selection)) {
    const identity = identityOf(codec);
    const payloadType = payloadTypes.assign(mid, identity, codec.payloadType);
    if (payloadType === undefined) continue;
    formats.push(formatOf(codec, payloadType, codec.fmtp, [...codec.feedback, ...arrivals]));
    if (!selection.rtx || codec.rtxPayloadType === undefined) continue;
    const rtx = payloadTypes.assign(mid, rtxIdentity(identity), codec.rtxPayloadType);
    if (rtx !== undefined) formats.push(rtxFormat(rtx, payloadType, codec.clockRate));
  }
  return withRedundancy(selection.kind, formats);
}

function inOrderOf(answered: readonly MediaFormat[], selection: CodecSelection): readonly Codec[] {
  if (selection.isPreference || answered.length === 0) return selection.codecs;
  const order = answered.map((format) => findCodec(selection.kind, format));
  const place = (codec: Codec) => {
    const at = order.indexOf(codec);
    return at < 0 ? order.length : at;
  };
  return selection.codecs.toSorted((one, other) => place(one) - place(other));
}

/**
 * The formats of an answer: those of the offer that we have, with the offer's payload types, in its order or in that of the preferences
 * (RFC 9429 section 5.3.1). None if nothing among them carries media: the section is to be rejected.
 *
 * Deviation: RFC 9429 section 5.3.1 would have us add codecs that were not offered. No browser does, and payload types would be needed
 * for which the offerer has not left room.
 */
export function answerFormats(
  selection: CodecSelection,
  offered: readonly MediaFormat[],
): MediaFormat[] {
  const { kind, codecs } = selection;
  const accepted = new Map<number, Codec>();
  for (const format of offered) {
    const codec = findCodec(kind, format);
    if (codec !== undefined && codecs.includes(codec)) accepted.set(format.payloadType, codec);
  }
  const isReported = reportsArrivals(offered);
  const formats = offered.flatMap((format): MediaFormat[] => {
    const { payloadType } = format;
    const codec = accepted.get(payloadType);
    if (codec !== undefined) {
      const own = [...codec.feedback, CCFB].filter((each) => !isReported || each !== TRANSPORT_CC);
      const feedback = commonFeedback(format.feedback, own);
      return [formatOf(codec, payloadType, answerFmtp(codec, format.fmtp), feedback)];
    }
    if (!isRtx(format) || !selection.rtx) return [];
    const apt = associatedPayloadType(format) ?? -1;
    if (!canRepair(accepted.get(apt), format)) return [];
    return [rtxFormat(payloadType, apt, format.clockRate)];
  });
  const ordered = selection.isPreference ? inPreferredOrder(formats, accepted, codecs) : formats;
  const complete = withRedundancy(kind, ordered);
  return complete.some(carriesMedia) ? complete : [];
}

/** Whether arrivals are to be told of stream by stream. */
export function reportsArrivals(formats: readonly MediaFormat[]): boolean {
  return formats.some(({ feedback }) => feedback.includes(CCFB));
}

/** Whether a format of RTX can repeat a codec (RFC 4588 section 8.3: the clock rates are the same). */
function canRepair(codec: Codec | undefined, { clockRate }: MediaFormat): boolean {
  return codec?.rtxPayloadType !== undefined && codec.clockRate === clockRate;
}

/** Each codec in the place of the preferences, its RTX right behind it. */
function inPreferredOrder(
  formats: readonly MediaFormat[],
  accepted: ReadonlyMap<number, Codec>,
  codecs: readonly Codec[],
): MediaFormat[] {
  const media = (format: MediaFormat) =>
    isRtx(format) ? associatedPayloadType(format)! : format.payloadType;
  const place = (format: MediaFormat) => codecs.indexOf(accepted.get(media(format))!);
  return formats.toSorted((one, other) =>
    place(one) - place(other) ||
    media(one) - media(other) ||
    Number(isRtx(one)) - Number(isRtx(other))
  );
}

/**
 * The formats that we can send to the writer of a description, the one that it likes best first: with its payload types and parameters
 * (RFC 3264 section 5.1). Where our own answer has said which, `answered` are its formats. A codec that we did not offer is among them if
 * we have it (RFC 3264 section 6.1).
 */
export function sendFormats(
  kind: MediaKind,
  theirs: readonly MediaFormat[],
  answered?: readonly MediaFormat[],
): MediaFormat[] {
  const negotiated = answered && new Set(identitiesOf(kind, answered).values());
  const isNegotiated = (identity: string) => negotiated?.has(identity) ?? true;
  const sendable = new Map<number, Codec>();
  for (const format of theirs) {
    const codec = findCodec(kind, format);
    if (codec && isNegotiated(identityOf(codec))) sendable.set(format.payloadType, codec);
  }
  return theirs.filter((format) => {
    if (!isRtx(format)) return sendable.has(format.payloadType);
    const codec = sendable.get(associatedPayloadType(format) ?? -1);
    return canRepair(codec, format) && isNegotiated(rtxIdentity(identityOf(codec!)));
  }).map((format) => {
    const own = findCodec(kind, format)?.feedback ?? [];
    return { ...format, feedback: commonFeedback(format.feedback, [...own, CCFB]) };
  });
}

function formatOf(
  { name, clockRate, channels }: Codec,
  payloadType: number,
  fmtp: string | undefined,
  feedback: readonly string[],
): MediaFormat {
  return {
    payloadType,
    name,
    clockRate,
    ...(channels !== undefined && { channels }),
    ...(fmtp !== undefined && { fmtp }),
    feedback,
  };
}

function rtxFormat(payloadType: number, apt: number, clockRate: number): MediaFormat {
  return { payloadType, name: "rtx", clockRate, fmtp: `apt=${apt}`, feedback: [] };
}

/**
 * RED of audio carries one codec, as often as its parameter names it (RFC 2198 section 5): the first of the same clock rate and channels.
 * Without one it is of no use. RED of video carries whatever there is (RFC 8854 section 5).
 */
function withRedundancy(kind: MediaKind, formats: readonly MediaFormat[]): MediaFormat[] {
  if (kind !== "audio") return [...formats];
  return formats.flatMap((format) => {
    if (!isRed(format)) return [format];
    const carried = formats.find((other) =>
      carriesMedia(other) &&
      other.clockRate === format.clockRate &&
      other.channels === format.channels
    )?.payloadType;
    return carried === undefined ? [] : [{ ...format, fmtp: `${carried}/${carried}` }];
  });
}
