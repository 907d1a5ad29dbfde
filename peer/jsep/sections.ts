/**
 * Media sections as offers and answers are built of them.
 *
 * @module
 */
import type { IceParameters } from "../../ice/mod.ts";
import { withDefaultCandidate } from "./default_candidate.ts";
import {
  type Attribute,
  attribute,
  find,
  type Fingerprint,
  type Group,
  groupsOf,
  isRtp,
  isSctp,
  type MediaDescription,
  parseMid,
  type SessionDescription,
  type Setup,
  writeFingerprint,
  writeGroup,
  writeIceOptions,
  writeSctpMap,
} from "../../sdp/mod.ts";

/** What this end says of itself in every description. */
export interface LocalEnd {
  /** Digits of a number below 2^63, one for the whole life of the connection (RFC 9429 section 5.2.1). */
  readonly sessionId: string;
  /** One for each of its certificates. */
  readonly fingerprints: readonly Fingerprint[];
  /** The largest message that this end takes, in bytes. */
  readonly maxMessageSize: number;
  /** The role that it takes where an offer leaves the choice; by default that of the client. */
  readonly dtlsRole?: "client" | "server" | undefined;
  /** Whether it answers checks and sends none (RFC 8839 section 5.3). */
  readonly iceLite?: boolean | undefined;
  /** Whether it follows numbered nominations (draft-thatcher-ice-renomination-01). */
  readonly iceRenomination?: boolean | undefined;
}

/** The SCTP port that every WebRTC endpoint uses. */
export const SCTP_PORT = 5000;

/** Whether a section is one for data channels, accepted or not (RFC 8841 section 4). */
export function isDataSection(media: MediaDescription): boolean {
  return media.kind === "application" && isSctp(media.protocol);
}

/** Whether a section is rejected: port 0, and not because it is bundle-only (RFC 9143 section 6). */
export function isRejected(media: MediaDescription): boolean {
  return media.port === 0 && find(media.attributes, "bundle-only") === undefined;
}

/** Whether a section needs a transport: it is not rejected, and of a kind that can be accepted (RFC 9429 section 5.3.1). */
export function needsTransport(media: MediaDescription): boolean {
  return !isRejected(media) && (isRtp(media.protocol) || isDataSection(media));
}

/** The index of the section whose data channels are in use; -1 if there is none. */
export function dataSectionIndex(session: SessionDescription): number {
  return session.media.findIndex((media) => isDataSection(media) && !isRejected(media));
}

/** The mid of a section; where a peer gives none, its index has to do (RFC 9429 section 5.10). */
export function midOf(session: SessionDescription, index: number): string {
  return parseMid(find(session.media[index]!.attributes, "mid")?.value) ?? String(index);
}

/** The section whose ICE and DTLS attributes hold for another: itself, or the first of its bundle (RFC 9143 section 7.2). */
export function transportSection(session: SessionDescription, index: number): MediaDescription {
  const own = session.media[index]!;
  if (find(own.attributes, "ice-ufrag") !== undefined) return own;
  const mid = midOf(session, index);
  const tag = groupsOf(session, "BUNDLE").find((group) => group.mids.includes(mid))?.mids[0];
  return session.media.find((_, other) => midOf(session, other) === tag) ?? own;
}

/** What tells a peer how to reach a section of ours. */
export interface TransportAttributes {
  readonly ice: IceParameters;
  /** One for each certificate of this end. */
  readonly fingerprints: readonly Fingerprint[];
  readonly setup: Setup;
  /** Whether nominations may be numbered. */
  readonly iceRenomination?: boolean | undefined;
  /** The `a=candidate` and `a=end-of-candidates` lines so far. */
  readonly candidates?: readonly Attribute[];
}

/** The attributes of a section that has a transport of its own, or speaks for its bundle (RFC 9429 sections 5.2.1 and 5.3.1). */
export function transportAttributes(transport: TransportAttributes): Attribute[] {
  const options = transport.iceRenomination ? ["trickle", "renomination"] : ["trickle"];
  return [
    ...transport.candidates ?? [],
    attribute("ice-ufrag", transport.ice.usernameFragment),
    attribute("ice-pwd", transport.ice.password),
    attribute("ice-options", writeIceOptions(options)),
    ...fingerprintAttributes(transport.fingerprints),
    attribute("setup", transport.setup),
  ];
}

function fingerprintAttributes(fingerprints: readonly Fingerprint[]): Attribute[] {
  return fingerprints.map((fingerprint) => attribute("fingerprint", writeFingerprint(fingerprint)));
}

/**
 * Deviation: RFC 9143 section 7.1.3 has fingerprints only in the section that speaks for its bundle. Firefox 153 crashes on an answer that
 * has none in a bundled section.
 */
function withFingerprints(media: MediaDescription, { fingerprints }: LocalEnd): MediaDescription {
  if (isRejected(media) || find(media.attributes, "fingerprint") !== undefined) return media;
  return { ...media, attributes: [...fingerprintAttributes(fingerprints), ...media.attributes] };
}

/** A data section of ours (RFC 9429 sections 5.2.1 and 5.3.1, RFC 8841 section 4); without a transport if it is bundled into another. */
export function writeDataSection(
  end: LocalEnd,
  { mid, transport, isBundleOnly = false, offered }: {
    readonly mid: string;
    readonly transport?: TransportAttributes;
    readonly isBundleOnly?: boolean;
    /** What is answered, in an answer. */
    readonly offered?: MediaDescription;
  },
): MediaDescription {
  // Before RFC 8841, the format was the SCTP port, and a=sctpmap told what it is for.
  const isOldStyle = offered !== undefined && /^\d+$/.test(offered.formats[0]!);
  return {
    kind: "application",
    port: isBundleOnly ? 0 : 9, // RFC 9429 section 5.2.1: the discard port, until a default candidate is known
    protocol: offered?.protocol ?? "UDP/DTLS/SCTP", // RFC 9429 section 5.3.1: an answer has the offer's
    formats: [isOldStyle ? String(SCTP_PORT) : "webrtc-datachannel"],
    connections: [{ netType: "IN", addrType: "IP4", address: "0.0.0.0" }],
    bandwidths: [],
    attributes: [
      ...(isBundleOnly ? [attribute("bundle-only")] : []),
      ...(transport ? transportAttributes(transport) : []),
      attribute("mid", mid),
      isOldStyle
        ? attribute("sctpmap", writeSctpMap({ port: SCTP_PORT, application: "webrtc-datachannel" }))
        : attribute("sctp-port", SCTP_PORT),
      attribute("max-message-size", end.maxMessageSize),
    ],
  };
}

/** A section that is refused, or stays refused: all that must hold is its place (RFC 9429 section 5.3.1). */
export function writeRejectedSection(offered: MediaDescription, mid: string): MediaDescription {
  return {
    kind: offered.kind,
    port: 0,
    protocol: offered.protocol,
    formats: offered.formats,
    connections: [{ netType: "IN", addrType: "IP4", address: "0.0.0.0" }],
    bandwidths: [],
    attributes: offered.kind === "application"
      ? [attribute("mid", mid)]
      : [attribute("inactive"), attribute("mid", mid)],
  };
}

/** A whole description of ours around its sections; groups of none are left out. */
export function writeDescription(
  end: LocalEnd,
  version: number,
  media: readonly MediaDescription[],
  groups: readonly Group[],
): SessionDescription {
  return {
    version: 0,
    origin: {
      username: "-",
      sessionId: end.sessionId,
      sessionVersion: String(version),
      netType: "IN",
      addrType: "IP4",
      address: "127.0.0.1",
    },
    sessionName: "-",
    emails: [],
    phones: [],
    bandwidths: [],
    times: [{ start: "0", stop: "0", repeats: [] }],
    attributes: [
      ...groups.filter(({ mids }) => mids.length > 0)
        .map((group) => attribute("group", writeGroup(group))),
      attribute("msid-semantic", " WMS"),
      ...(end.iceLite ? [attribute("ice-lite")] : []),
    ],
    media: media.map((section) => withDefaultCandidate(withFingerprints(section, end))),
  };
}
