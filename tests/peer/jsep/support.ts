import { assert, assertEquals } from "@std/assert";
import type { IceParameters } from "../../../ice/mod.ts";
import {
  type Group,
  groupsOf,
  type MediaDescription,
  parseSession,
  type SessionDescription,
  writeSession,
} from "../../../sdp/mod.ts";
import {
  isDataSection,
  type LocalEnd,
  midOf,
  type TransportAttributes,
  writeDataSection,
  writeDescription,
  writeRejectedSection,
} from "../../../peer/jsep/sections.ts";
import {
  answerBundle,
  answerMedia,
  type BundlePolicy,
  type Direction,
  headerExtensionCapabilities,
  HeaderExtensionIds,
  identitiesOf,
  isMediaSection,
  type MediaFormat,
  type MediaKind,
  type MediaWishes,
  type Numbering,
  offerBundle,
  offerMedia,
  PayloadTypes,
  readAllMedia,
  readSections,
  type RemoteMedia,
  writeMediaSection,
} from "../../../peer/jsep/media/mod.ts";

/** What a test's end says of itself. */
export const END: LocalEnd = {
  sessionId: "1",
  fingerprints: [{ algorithm: "sha-256", value: Array(32).fill("AB").join(":") }],
  maxMessageSize: 262144,
};

const ICE: IceParameters = { usernameFragment: "ufrag", password: "password-password-password" };

/** The transport of every section that has one. */
export function transport(setup: TransportAttributes["setup"]): TransportAttributes {
  return { ice: ICE, fingerprints: END.fingerprints, setup };
}

/** A numbering in which nothing is taken. */
export function newNumbering(): Numbering {
  return { payloadTypes: new PayloadTypes(), extensionIds: new HeaderExtensionIds() };
}

/** What a transceiver wants unless a test says otherwise. */
export function wishes(kind: MediaKind, more: Partial<MediaWishes> = {}): MediaWishes {
  return {
    kind,
    direction: "sendrecv",
    extensions: headerExtensionCapabilities(kind),
    streamIds: ["stream"],
    rids: [],
    ...more,
  };
}

/** A text of tests/vectors. */
export function vectorText(name: string): string {
  return Deno.readTextFileSync(new URL(`../../vectors/${name}`, import.meta.url));
}

/** The session of a text that must be well-formed. */
export function sessionOf(text: string): SessionDescription {
  const result = parseSession(text);
  assert(result.ok, result.ok ? "" : `line ${result.line}: ${result.message}`);
  return result.session;
}

/** The session with these lines in one section, or in several. */
export function sessionWith(...lines: readonly string[]): SessionDescription {
  const opening = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0"];
  return sessionOf([...opening, ...lines].map((line) => `${line}\r\n`).join(""));
}

/** The only media section of a session with these lines. */
export function mediaWith(...lines: readonly string[]): RemoteMedia {
  const media = readSections(sessionWith(...lines))[0];
  assert(media !== undefined);
  return media;
}

/** What goes over the wire, and comes back. */
export function overTheWire(session: SessionDescription): SessionDescription {
  const read = sessionOf(writeSession(session));
  assertEquals(read, session);
  return read;
}

/** A section that an offer of a test is to have. */
export interface Wanted {
  readonly mid: string;
  readonly wishes?: MediaWishes;
  /** Neither wishes nor data: it is rejected. */
  readonly isData?: boolean;
  readonly isNegotiated?: boolean;
  readonly negotiated?: {
    formats: readonly MediaFormat[];
    rtcpMux: boolean;
    rtcpReducedSize: boolean;
  };
}

/** A whole offer. */
export function offerOf(
  wanted: readonly Wanted[],
  numbering: Numbering,
  policy: BundlePolicy = "balanced",
  negotiatedBundle: readonly string[] = [],
): SessionDescription {
  const bundle = offerBundle(
    wanted.map(({ mid, wishes, isData, isNegotiated = false }) => ({
      mid,
      kind: wishes?.kind ?? "application",
      isRejected: wishes === undefined && isData !== true,
      isNegotiated,
    })),
    policy,
    negotiatedBundle,
  );
  const media = wanted.map(({ mid, wishes, isData, negotiated }, i): MediaDescription => {
    const role = bundle.roles[i]!;
    const bound = {
      isBundleOnly: role === "bundle-only",
      ...(role === "own" && { transport: transport("actpass") }),
    };
    if (isData) return writeDataSection(END, { mid, ...bound });
    if (wishes === undefined) return REJECTED(mid);
    return writeMediaSection({ ...offerMedia(wishes, mid, numbering, negotiated), ...bound });
  });
  return overTheWire(
    writeDescription(END, 1, media, [{ semantics: "BUNDLE", mids: bundle.mids }]),
  );
}

const REJECTED = (mid: string): MediaDescription =>
  writeRejectedSection({
    kind: "audio",
    port: 0,
    protocol: "UDP/TLS/RTP/SAVPF",
    formats: ["0"],
    connections: [],
    bandwidths: [],
    attributes: [],
  }, mid);

/** A whole answer, in which `wishesOf` tells what each section's transceiver wants. */
export function answerOf(
  offer: SessionDescription,
  numbering: Numbering,
  wishesOf: (offered: RemoteMedia) => MediaWishes = ({ kind }) => wishes(kind),
  policy: BundlePolicy = "balanced",
): SessionDescription {
  const answers = readSections(offer).map((offered) =>
    offered && answerMedia(offered, wishesOf(offered), numbering)
  );
  const bundle = answerBundle(
    offer.media.map((section, index) => ({
      mid: midOf(offer, index),
      kind: section.kind,
      isRejected: section.port === 0 &&
        !section.attributes.some(({ name }) => name === "bundle-only"),
      isAcceptable: answers[index] !== undefined || isDataSection(section),
    })),
    groupsOf(offer, "BUNDLE"),
    policy,
  );
  const media = offer.media.map((section, index): MediaDescription => {
    const mid = midOf(offer, index);
    const role = bundle.roles[index]!;
    if (role === "rejected") return writeRejectedSection(section, mid);
    const bound = role === "own" ? { transport: transport("active") } : {};
    return isMediaSection(section)
      ? writeMediaSection({ ...answers[index]!, ...bound })
      : writeDataSection(END, { mid, offered: section, ...bound });
  });
  return overTheWire(writeDescription(END, 1, media, bundle.groups));
}

/** The groups of a session that bundle. */
export function bundlesOf(session: SessionDescription): Group[] {
  return groupsOf(session, "BUNDLE");
}

/** The payload types of a section. */
export function payloadTypesOf({ formats }: Pick<RemoteMedia, "formats">): number[] {
  return formats.map(({ payloadType }) => payloadType);
}

/** Payload types that stand for more than one thing in the sections of a bundle. */
export function sharedPayloadTypes(sections: readonly RemoteMedia[]): number[] {
  const meanings = new Map<number, Set<string>>();
  for (const { kind, formats } of sections) {
    for (const [payloadType, identity] of identitiesOf(kind, formats)) {
      const known = meanings.get(payloadType) ?? new Set();
      meanings.set(payloadType, known.add(identity));
    }
  }
  return [...meanings].filter(([, { size }]) => size > 1).map(([payloadType]) => payloadType);
}

/** The names of the formats of a section. */
export function namesOf(formats: readonly MediaFormat[]): string[] {
  return formats.map(({ name }) => name);
}

/** `audio` and `video` sections of a text. */
export function mediaOf(text: string): RemoteMedia[] {
  return readAllMedia(sessionOf(text));
}

export type { Direction };
