import type { ExtMap } from "../../sdp/mod.ts";
import {
  codecParameters,
  type MediaFormat,
  type MediaKind,
  negotiatedExtensions,
  receives,
  type RemoteMedia,
  sendFormats,
  sends,
} from "../jsep/media/mod.ts";
import type { Side } from "../jsep/signaling_state.ts";
import type { NegotiatedSection } from "../media/section.ts";
import type {
  RTCRtpCodecParameters,
  RTCRtpHeaderExtensionCapability,
  RTCRtpHeaderExtensionParameters,
} from "../rtc_rtp_parameters.ts";
import type { TransceiverSlots } from "../transceivers/mod.ts";

/** A section as both sides have described it; `answerer` is the side that had the last word. */
export interface SectionPair {
  readonly local: RemoteMedia;
  readonly remote: RemoteMedia;
  readonly answerer: Side;
}

/** What two descriptions of a section have in common (RFC 3264 section 6.1). */
export function negotiate({ local, remote, answerer }: SectionPair): NegotiatedSection {
  const { mid, kind } = local;
  return {
    ...{ mid, kind, sources: remote.sources },
    announcesRepairs: local.sources.some(({ fec }) => fec !== undefined),
    sendFormats: sendFormats(
      kind,
      remote.formats,
      answerer === "local" ? local.formats : undefined,
    ),
    receiveFormats: receivable(local.formats, sendFormats(kind, local.formats, remote.formats)),
    extensions: negotiatedExtensions(local.extensions, remote.extensions),
    reducedSize: local.rtcpReducedSize && remote.rtcpReducedSize,
    extmapAllowMixed: local.extmapAllowMixed && remote.extmapAllowMixed,
    encodingFormats: encodingFormats(remote),
    // RFC 9429 section 5.10; none of 0, which libwebrtc takes for no limit. Sound could only be left out: gateways say 80 for G.711,
    // which by the formula is less than it takes.
    ...(kind === "video" && remote.maxBitrate && { maxBitrate: remote.maxBitrate }),
  };
}

/** What the answer to an offer of ours may bring before it comes itself: media (RFC 9429 section 5.9). Nothing is sent yet. */
export function expect({ mid, kind, formats, extensions }: RemoteMedia): NegotiatedSection {
  return {
    ...{ mid, kind, extensions },
    ...{ sources: [], announcesRepairs: false },
    sendFormats: [],
    receiveFormats: receivable(formats, []),
    reducedSize: false,
    extmapAllowMixed: false,
    encodingFormats: new Map(),
  };
}

function encodingFormats({ rids }: RemoteMedia): ReadonlyMap<string, readonly number[]> {
  return new Map(
    rids.flatMap(({ id, direction, payloadTypes }) =>
      direction === "recv" && payloadTypes !== undefined ? [[id, payloadTypes] as const] : []
    ),
  );
}

/**
 * What may arrive: all that we have described (RFC 9429 section 5.9), as Chromium sends what was offered, RED among it, even where its
 * answer leaves it out. Only of what both have is there feedback.
 */
function receivable(
  described: readonly MediaFormat[],
  common: readonly MediaFormat[],
): MediaFormat[] {
  const known = new Set(common.map(({ payloadType }) => payloadType));
  const others = described.filter(({ payloadType }) => !known.has(payloadType));
  return [...common, ...others.map((format) => ({ ...format, feedback: [] }))];
}

/** Codecs as `getParameters` tells them. */
export function codecsOf(
  kind: MediaKind,
  formats: readonly MediaFormat[],
): RTCRtpCodecParameters[] {
  return formats.map((format) => codecParameters(kind, format));
}

/** Writes what has been negotiated into the slots of a transceiver. */
export function settle(transceiver: TransceiverSlots, section: NegotiatedSection): void {
  const { sender, receiver, kind } = transceiver;
  const { extensions, reducedSize } = section;
  sender.sendCodecs = codecsOf(kind, section.sendFormats);
  sender.lastReturnedParameters = null;
  sender.headerExtensions = parametersOf(extensions, sends);
  receiver.headerExtensions = parametersOf(extensions, receives);
  sender.reducedSize = receiver.reducedSize = reducedSize;
  const negotiated = transceiver.headerExtensionsToNegotiate.map(
    ({ uri }): RTCRtpHeaderExtensionCapability => {
      const found = extensions.find((extension) => extension.uri === uri);
      return { uri, direction: found === undefined ? "stopped" : found.direction ?? "sendrecv" };
    },
  );
  transceiver.negotiatedHeaderExtensions = negotiated;
  // What was not agreed upon is not offered again, unless it is asked for (WebRTC Extensions, RTP header extension control).
  transceiver.headerExtensionsToNegotiate = negotiated;
}

function parametersOf(
  extensions: readonly ExtMap[],
  isUsed: (direction: NonNullable<ExtMap["direction"]>) => boolean,
): RTCRtpHeaderExtensionParameters[] {
  return extensions.filter(({ direction = "sendrecv" }) => isUsed(direction))
    .map(({ uri, id }) => ({ uri, id, encrypted: false }));
}
