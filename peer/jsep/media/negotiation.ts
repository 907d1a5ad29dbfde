/**
 * A whole section of ours from what its transceiver wants, and from what the other side has said.
 *
 * @module
 */
import { TRANSPORT_CC_URI } from "../../../rtp/mod.ts";
import { answerDirection, type Direction, receives, sends } from "./directions.ts";
import type { RtpCodec } from "./codecs.ts";
import { answerFormats, offerFormats, reportsArrivals, selectCodecs } from "./formats.ts";
import {
  answerExtensions,
  type HeaderExtensionIds,
  offerExtensions,
  type RtpHeaderExtensionCapability,
} from "./header_extensions.ts";
import { isFlexfec, type MediaFormat, type MediaKind } from "./media_format.ts";
import { type LocalMedia, type LocalSource, msidsOf } from "./media_section.ts";
import type { PayloadTypes } from "./payload_types.ts";
import type { RemoteMedia } from "./remote_media.ts";
import {
  answerSimulcast,
  joinSimulcast,
  offerSimulcast,
  receiveSimulcast,
  type SimulcastLines,
} from "./simulcast.ts";

/** What a transceiver wants of its section. */
export interface MediaWishes {
  readonly kind: MediaKind;
  readonly direction: Direction;
  /** `[[PreferredCodecs]]`. */
  readonly preferences?: readonly Readonly<RtpCodec>[];
  /** `[[HeaderExtensionsToNegotiate]]`. */
  readonly extensions: readonly Readonly<RtpHeaderExtensionCapability>[];
  /** Of the sender's track; they stay what they were once they have been offered (RFC 9429 section 5.2.2). */
  readonly streamIds: readonly string[];
  /** Of the sender's track, for peers that still look at it. */
  readonly trackId?: string;
  /** Of the sender's encodings; none if there is but one without a rid. */
  readonly rids: readonly string[];
  readonly sources?: readonly LocalSource[];
  readonly cname?: string;
}

/** What stays the same on a connection from offer to offer: one for the whole of it. */
export interface Numbering {
  readonly payloadTypes: PayloadTypes;
  readonly extensionIds: HeaderExtensionIds;
}

/** What the most recent answer, of either side, has fixed for a section. */
export interface NegotiatedMedia {
  readonly formats: readonly MediaFormat[];
  readonly rtcpMux: boolean;
  readonly rtcpReducedSize: boolean;
  /** The streams that we receive, if they are several. */
  readonly received?: SimulcastLines;
}

const NO_SIMULCAST: SimulcastLines = { rids: [] };

/** A section of ours without what bundling and transports add to it. */
export type UnboundMedia = Omit<LocalMedia, "transport" | "isBundleOnly">;

/** The section of an offer (RFC 9429 sections 5.2.1 and 5.2.2). */
export function offerMedia(
  wishes: MediaWishes,
  mid: string,
  numbering: Numbering,
  negotiated?: NegotiatedMedia,
): UnboundMedia {
  const { kind, direction } = wishes;
  const selection = selectCodecs(kind, direction, wishes.preferences);
  if (negotiated === undefined) {
    // What an earlier offer had was never agreed upon: an offer of the other side may have come before it, with the same numbers.
    forgetSection(numbering, mid);
  }
  return {
    mid,
    kind,
    direction,
    formats: offerFormats(selection, numbering.payloadTypes, mid, negotiated?.formats),
    extensions: offerExtensions(wishes.extensions, numbering.extensionIds, mid),
    extmapAllowMixed: true,
    ...senderLines(wishes, direction, negotiated?.formats),
    ...joinSimulcast(
      offerSimulcast(sends(direction) ? wishes.rids : []),
      receives(direction) ? negotiated?.received ?? NO_SIMULCAST : NO_SIMULCAST,
    ),
    // RFC 9429 section 5.2.2: what the most recent answer says stays.
    rtcpMux: negotiated?.rtcpMux ?? true,
    rtcpMuxOnly: negotiated === undefined,
    rtcpReducedSize: negotiated?.rtcpReducedSize ?? true,
  };
}

function forgetSection({ payloadTypes, extensionIds }: Numbering, mid: string): void {
  payloadTypes.forget(mid);
  extensionIds.forget(mid);
}

/** The section of an answer; undefined if nothing that is offered can be accepted (RFC 9429 section 5.3.1). */
export function answerMedia(
  offered: RemoteMedia,
  wishes: MediaWishes,
  numbering: Numbering,
): UnboundMedia | undefined {
  if (offered.isRejected) return undefined;
  const { kind, mid } = offered;
  const direction = answerDirection(offered.direction, wishes.direction);
  const formats = answerFormats(
    selectCodecs(kind, wishes.direction, wishes.preferences),
    offered.formats,
  );
  if (formats.length === 0) return undefined;
  // The offer's numbers come first, so that none that we choose collides with them: nor any of an offer of ours that gave way to it.
  forgetSection(numbering, mid);
  numbering.payloadTypes.adopt(mid, kind, offered.formats);
  numbering.extensionIds.adopt(mid, offered.extensions);
  return {
    mid,
    kind,
    protocol: offered.protocol, // RFC 9429 section 5.3.1
    direction,
    formats,
    extensions: answerExtensions(
      offered.extensions,
      reportsArrivals(formats) ? withoutTransportNumbers(wishes.extensions) : wishes.extensions,
      numbering.extensionIds,
      mid,
    ),
    extmapAllowMixed: offered.extmapAllowMixed,
    ...senderLines(wishes, direction, formats),
    ...joinSimulcast(
      answerSimulcast(offered, sends(direction) ? wishes.rids : []),
      receives(direction)
        ? receiveSimulcast(offered, "sender", payloadTypesOf(formats))
        : NO_SIMULCAST,
    ),
    rtcpMux: offered.rtcpMux,
    rtcpReducedSize: offered.rtcpReducedSize,
  };
}

/** Where arrivals are told of stream by stream, packets need no transport-wide number. */
function withoutTransportNumbers<T extends { readonly uri: string }>(
  extensions: readonly T[],
): T[] {
  return extensions.filter(({ uri }) => uri !== TRANSPORT_CC_URI);
}

function withoutRepairs({ fec: _, ...source }: LocalSource): LocalSource {
  return source;
}

function payloadTypesOf(formats: readonly MediaFormat[]): number[] {
  return formats.map(({ payloadType }) => payloadType);
}

/**
 * What is said of the track that is sent. Its streams are told where it is wanted to be sent, though an answer may not be able to (RFC 9429
 * section 5.3.1). A source that repairs it by FlexFEC is told once that is agreed on: pion takes one for a second track, and the whole offer
 * for one of Plan B.
 */
function senderLines(
  wishes: MediaWishes,
  direction: Direction,
  agreed: readonly MediaFormat[] = [],
): Pick<LocalMedia, "msids" | "sources" | "cname"> {
  const msids = sends(wishes.direction) ? msidsOf(wishes.streamIds, wishes.trackId) : [];
  if (!sends(direction)) return { msids };
  return {
    msids,
    // With rids, SSRCs need not be told.
    ...(wishes.sources && wishes.rids.length < 2 && {
      sources: agreed.some(isFlexfec) ? wishes.sources : wishes.sources.map(withoutRepairs),
    }),
    ...(wishes.cname !== undefined && { cname: wishes.cname }),
  };
}
