import {
  type Attribute,
  attribute,
  type ExtMap,
  type MediaDescription,
  type Msid,
  type SsrcGroup,
  writeExtMap,
  writeMsid,
  writeRid,
  writeRtpMap,
  writeSimulcast,
  writeSsrc,
  writeSsrcGroup,
} from "../../../sdp/mod.ts";
import { type TransportAttributes, transportAttributes } from "../sections.ts";
import { CCFB } from "./codec_match.ts";
import { reportsArrivals } from "./formats.ts";
import type { Direction } from "./directions.ts";
import type { MediaFormat, MediaKind } from "./media_format.ts";
import type { SimulcastLines } from "./simulcast.ts";

/** What media goes over in WebRTC (RFC 8834 section 4.2). */
export const MEDIA_PROTOCOL = "UDP/TLS/RTP/SAVPF";

/** An RTP source of ours, with those that repeat it and repair it. */
export interface LocalSource {
  /** 32 bits. */
  readonly ssrc: number;
  /** 32 bits. */
  readonly rtx?: number;
  /** 32 bits. */
  readonly fec?: number;
}

/** An audio or video section of ours. */
export interface LocalMedia extends SimulcastLines {
  readonly mid: string;
  readonly kind: MediaKind;
  /** That of the offer, in an answer; {@linkcode MEDIA_PROTOCOL} in an offer. */
  readonly protocol?: string;
  readonly direction: Direction;
  /** The most preferred first; at least one. */
  readonly formats: readonly MediaFormat[];
  readonly extensions: readonly ExtMap[];
  readonly extmapAllowMixed: boolean;
  /** The streams of the track that is sent, "-" if it is in none; empty if nothing is sent. */
  readonly msids: readonly Msid[];
  /** With simulcast, rids take their place (RFC 8851). */
  readonly sources?: readonly LocalSource[];
  /** Names this end, whatever its SSRCs are (RFC 7022). */
  readonly cname?: string;
  /** Absent in a section that is bundled into another, or bundle-only (RFC 9143 section 7.1.3). */
  readonly transport?: TransportAttributes;
  readonly isBundleOnly?: boolean;
  readonly rtcpMux: boolean;
  /** Whether RTCP without multiplexing is out of the question (RFC 8858): in the offer that adds a section, where it has a transport. */
  readonly rtcpMuxOnly?: boolean;
  readonly rtcpReducedSize: boolean;
}

/** Writes an audio or video section of an offer or answer (RFC 9429 sections 5.2.1 and 5.3.1). */
export function writeMediaSection(media: LocalMedia): MediaDescription {
  const isBundleOnly = media.isBundleOnly ?? false;
  return {
    kind: media.kind,
    port: isBundleOnly ? 0 : 9, // RFC 9143 section 6; RFC 9429 section 5.2.1: the discard port
    protocol: media.protocol ?? MEDIA_PROTOCOL,
    formats: media.formats.map(({ payloadType }) => String(payloadType)),
    connections: [{ netType: "IN", addrType: "IP4", address: "0.0.0.0" }],
    bandwidths: [],
    attributes: [
      ...(isBundleOnly ? [attribute("bundle-only")] : []),
      // RFC 9429 sections 5.2.1 and 5.3.1: for peers that may not multiplex, until an answer has said that they do.
      ...(media.transport && (media.rtcpMuxOnly || !media.rtcpMux)
        ? [attribute("rtcp", "9 IN IP4 0.0.0.0")]
        : []),
      ...(media.transport ? transportAttributes(media.transport) : []),
      attribute("mid", media.mid),
      ...media.extensions.map((extension) => attribute("extmap", writeExtMap(extension))),
      ...(media.extmapAllowMixed ? [attribute("extmap-allow-mixed")] : []),
      attribute(media.direction),
      ...media.msids.map((msid) => attribute("msid", writeMsid(msid))),
      // Deviation: RFC 9143 section 7.1.3 has these only in the tagged section. libwebrtc wants them in each that is bundled.
      ...(media.rtcpMux ? [attribute("rtcp-mux")] : []),
      ...(media.rtcpMuxOnly && media.transport ? [attribute("rtcp-mux-only")] : []),
      ...(media.rtcpReducedSize ? [attribute("rtcp-rsize")] : []),
      ...media.formats.flatMap(formatAttributes),
      // RFC 8888 section 6: written for all formats of a section, whichever carry it.
      ...(reportsArrivals(media.formats) ? [attribute("rtcp-fb", `* ${CCFB}`)] : []),
      ...media.rids.map((rid) => attribute("rid", writeRid(rid))),
      ...(media.simulcast ? [attribute("simulcast", writeSimulcast(media.simulcast))] : []),
      ...sourceAttributes(media),
    ],
  };
}

function formatAttributes(format: MediaFormat): Attribute[] {
  const { payloadType, name, clockRate, channels = 1, fmtp, feedback } = format;
  return [
    attribute(
      "rtpmap",
      writeRtpMap({
        payloadType,
        encodingName: name,
        clockRate,
        ...(channels > 1 && { channels }), // RFC 8866 section 6.6: one need not be written
      }),
    ),
    ...feedback.filter((text) => text !== CCFB).map((text) =>
      attribute("rtcp-fb", `${payloadType} ${text}`)
    ),
    ...(fmtp === undefined ? [] : [attribute("fmtp", `${payloadType} ${fmtp}`)]),
  ];
}

/** RFC 5576 section 4; which repairs which is said by "FID" (RFC 5576 section 4.2) and "FEC-FR" (RFC 5956 section 4.3). */
function sourceAttributes({ sources = [], cname }: LocalMedia): Attribute[] {
  const groups = sources.flatMap(({ ssrc, rtx, fec }): SsrcGroup[] => [
    ...(rtx === undefined ? [] : [{ semantics: "FID", ssrcs: [ssrc, rtx] }]),
    ...(fec === undefined ? [] : [{ semantics: "FEC-FR", ssrcs: [ssrc, fec] }]),
  ]);
  const ssrcs = new Set([
    ...sources.map(({ ssrc }) => ssrc),
    ...groups.flatMap((group) => group.ssrcs),
  ]);
  return [
    ...groups.map((group) => attribute("ssrc-group", writeSsrcGroup(group))),
    ...(cname === undefined ? [] : Array.from(
      ssrcs,
      (ssrc) => attribute("ssrc", writeSsrc({ ssrc, name: "cname", value: cname })),
    )),
  ];
}

/** The `a=msid` lines of a track that is sent: the track may be in no stream (RFC 8830 section 2). */
export function msidsOf(streamIds: readonly string[], trackId?: string): Msid[] {
  const ids = streamIds.length === 0 ? ["-"] : streamIds;
  return ids.map((streamId) => trackId === undefined ? { streamId } : { streamId, trackId });
}
