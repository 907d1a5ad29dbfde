import type {
  EncodingParameters,
  ExtensionIds,
  ReceiverParameters,
  RtpFormat,
  SenderParameters,
} from "../../rtp/mod.ts";
import type { ExtMap } from "../../sdp/mod.ts";
import {
  isFlexfec,
  isRtx,
  type MediaFormat,
  type MediaKind,
  parametersOf,
  receives,
  type RemoteSource,
  sends,
} from "../jsep/media/mod.ts";
import type { EncodingParameters as SentEncoding } from "../rtc_rtp_parameters.ts";
import type { TransceiverSlots } from "../transceivers/mod.ts";
import { layersOf } from "../transceivers/scalability.ts";

/** What descriptions have settled of an audio or video section, as far as its packets are concerned. */
export interface NegotiatedSection {
  readonly mid: string;
  readonly kind: MediaKind;
  /** What the other side takes: under its payload types. */
  readonly sendFormats: readonly MediaFormat[];
  /** What we take: under ours. */
  readonly receiveFormats: readonly MediaFormat[];
  /** With the direction in which this side may use each. */
  readonly extensions: readonly ExtMap[];
  /** What the other side has announced. */
  readonly sources: readonly RemoteSource[];
  /** Whether this side has announced sources that repair what it sends. */
  readonly announcesRepairs: boolean;
  readonly reducedSize: boolean;
  /** Whether packets may mix the headers of their extensions (RFC 8285 section 4.1.2). */
  readonly extmapAllowMixed: boolean;
  /** The most that the other side wants to get of all encodings together, in bits per second (`b=`). */
  readonly maxBitrate?: number;
  /** Payload types that the other side takes of encodings which it takes in some only, by their rids (RFC 8851 section 5). */
  readonly encodingFormats: ReadonlyMap<string, readonly number[]>;
}

function rtpFormats(kind: MediaKind, formats: readonly MediaFormat[]): RtpFormat[] {
  return formats.map(({ payloadType, name, clockRate, channels, fmtp, feedback }) => ({
    payloadType,
    mimeType: `${kind}/${name}`,
    clockRate,
    ...(channels !== undefined && { channels }),
    parameters: parametersOf(fmtp),
    feedback,
  }));
}

function extensionIds(
  extensions: readonly ExtMap[],
  isUsed: (direction: NonNullable<ExtMap["direction"]>) => boolean,
): ExtensionIds {
  return new Map(
    extensions.filter(({ direction = "sendrecv" }) => isUsed(direction))
      .map(({ uri, id }) => [uri, id]),
  );
}

/** The ids of header extensions in what is received, by their URIs. */
export function receivedExtensions(extensions: readonly ExtMap[]): ExtensionIds {
  return extensionIds(extensions, receives);
}

/** The ids of header extensions in what is sent, by their URIs. */
export function sentExtensions(extensions: readonly ExtMap[]): ExtensionIds {
  return extensionIds(extensions, sends);
}

/** By which encodings are told from larger ones: all of them have the one kind of scale or the other (WebRTC Extensions section 5). */
function sizeOf({ scaleResolutionDownBy, scaleResolutionDownTo: to }: SentEncoding): number {
  return to === undefined ? 1 / (scaleResolutionDownBy ?? 1) : to.maxWidth! * to.maxHeight!;
}

/** What the RTP session has to know of what is sent. */
export function senderParameters(
  section: NegotiatedSection,
  { sender }: TransceiverSlots,
): SenderParameters {
  const { mid, kind, sendFormats, extensions, announcesRepairs } = section;
  const { reducedSize, extmapAllowMixed } = section;
  const formats = rtpFormats(kind, sendFormats);
  const repeats = sendFormats.some(isRtx);
  // Chromium finds what it repairs by the description alone, where no layer of a simulcast has an SSRC.
  const repairs = announcesRepairs && sendFormats.some(isFlexfec);
  const encodings = sender.sendEncodings.map((encoding, index): EncodingParameters => {
    const { ssrc, rtx, fec } = sender.sources[index]!;
    const { rid, active, maxBitrate, maxFramerate, scalabilityMode } = encoding;
    return {
      ssrc,
      ...(repeats && rtx !== undefined && { rtxSsrc: rtx }),
      ...(repairs && fec !== undefined && { fecSsrc: fec }),
      ...(rid !== undefined && { rid }),
      active,
      rank: sizeOf(encoding),
      ...(maxBitrate !== undefined && { maxBitrate }),
      ...(maxFramerate !== undefined && { maxFramerate }),
      ...(scalabilityMode !== undefined && { layers: layersOf(scalabilityMode) }),
    };
  });
  return {
    ...{ mid, kind, formats, encodings, reducedSize, extmapAllowMixed },
    extensions: sentExtensions(extensions),
    ...(section.maxBitrate !== undefined && { maxBitrate: section.maxBitrate }),
    handsUpPackets: sender.packets.feed?.takesTrack ?? false,
  };
}

/** What the RTP session has to know of what is received. */
export function receiverParameters(
  { mid, kind, receiveFormats, extensions, sources, reducedSize }: NegotiatedSection,
  { receiver }: TransceiverSlots,
): ReceiverParameters {
  const [stream] = receiver.associatedRemoteMediaStreams;
  return {
    ...{ mid, kind, reducedSize },
    formats: rtpFormats(kind, receiveFormats),
    extensions: receivedExtensions(extensions),
    sources: sources.map(({ ssrc, rtx, fec }) => ({
      ssrc,
      ...(rtx !== undefined && { rtx }),
      ...(fec !== undefined && { fec }),
    })),
    delivery: receiver.packets.delivery,
    jitterBufferTarget: receiver.jitterBufferTarget ?? 0,
    ...(stream !== undefined && { lipSyncGroup: stream.id }),
  };
}
