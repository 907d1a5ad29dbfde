import type { IceParameters } from "../../ice/mod.ts";
import { MAX_SECTIONS } from "../../rtp/mod.ts";
import {
  candidatesOf,
  type Fingerprint,
  fingerprintsOf,
  groupsOf,
  has,
  iceCredentialsOf,
  inherited,
  isIceLite,
  isRtp,
  type MediaDescription,
  parseIceOptions,
  type SessionDescription,
  type Setup,
  setupOf,
} from "../../sdp/mod.ts";
import { transportMids } from "./media/mod.ts";
import { isDataSection, midOf, needsTransport, transportSection } from "./sections.ts";

/** What a remote description says of the transport of a section. */
export interface RemoteTransport {
  readonly ice: IceParameters;
  readonly fingerprints: readonly Fingerprint[];
  readonly setup: Setup;
  /** `candidate:...` texts. */
  readonly candidates: readonly string[];
}

/** The transport of a section that is not rejected. Throws an `InvalidAccessError` where it is invalid (RFC 9429 section 5.8.3). */
export function readRemoteTransport(
  session: SessionDescription,
  index: number,
  type: "offer" | "answer" | "pranswer",
): RemoteTransport {
  const section = transportSection(session, index);
  const mid = midOf(session, index);
  const credentials = iceCredentialsOf(session, section);
  if (credentials === undefined) {
    // RFC 8839 section 5.4
    throw invalid(
      `The section ${mid} has no valid ice-ufrag (4 to 256 characters) and ice-pwd (22 to 256)`,
    );
  }
  const fingerprints = fingerprintsOf(session, section);
  if (fingerprints.length === 0) throw invalid(`The section ${mid} has no fingerprint`);
  const setup = setupOf(session, section) ?? (type === "offer" ? "actpass" : "active"); // RFC 4145 section 4
  if (type !== "offer" && setup === "actpass") {
    throw invalid(`The section ${mid} answers with a=setup:actpass`);
  }
  if (setup === "holdconn") {
    throw invalid(`The section ${mid} has a=setup:holdconn, which WebRTC does not use`);
  }
  return {
    ice: {
      ...credentials,
      ...(isIceLite(session) && { iceLite: true }),
      ...(hasIceOption(session, section, "renomination") && { renomination: true }),
    },
    fingerprints,
    setup,
    candidates: candidatesOf(section),
  };
}

/** Whether the other side takes candidates one by one (RFC 9429 section 4.1.17). */
export function canTrickle(session: SessionDescription): boolean {
  return session.media.some((media) => hasIceOption(session, media, "trickle"));
}

function hasIceOption(
  session: SessionDescription,
  media: MediaDescription,
  option: string,
): boolean {
  return parseIceOptions(inherited(session, media, "ice-options")?.value).includes(option);
}

/** Throws an `InvalidAccessError` unless an answer has a section for each of the offer's (RFC 9429 section 5.11). */
export function checkAnswerMatches(answer: SessionDescription, offer: SessionDescription): void {
  if (answer.media.length !== offer.media.length) {
    throw invalid(
      `The answer has ${answer.media.length} sections, the offer ${offer.media.length}`,
    );
  }
  for (const [index, media] of answer.media.entries()) {
    const offered = offer.media[index]!;
    if (media.kind !== offered.kind || isDataSection(media) !== isDataSection(offered)) {
      throw invalid(
        `Section ${index} of the answer is ${media.kind}, not ${offered.kind} as in the offer`,
      );
    }
    if (midOf(answer, index) !== midOf(offer, index)) {
      throw invalid(`Section ${index} of the answer has another mid than that of the offer`);
    }
  }
}

/**
 * Throws an `InvalidAccessError` where an answer takes out of the bundle what was offered only as a part of it: that has no transport
 * (RFC 9143 section 6, RFC 9429 section 4.1.1). With "max-bundle", a peer without bundling may accept the first section.
 */
export function checkAnswerBundles(answer: SessionDescription, offer: SessionDescription): void {
  const offered = transportMids(groupsOf(offer, "BUNDLE"));
  const answered = transportMids(groupsOf(answer, "BUNDLE"));
  const own = new Set(
    offer.media.keys().filter((index) => has(offer.media[index]!.attributes, "ice-ufrag"))
      .map((index) => midOf(offer, index)),
  );
  /** Which section of the answer speaks for each transport of the offer. */
  const speakers = new Map<string, string>();
  for (const [index, media] of answer.media.entries()) {
    if (!needsTransport(media)) continue;
    const mid = midOf(answer, index);
    const speaker = answered.get(mid) ?? mid;
    const transport = own.has(speaker) ? speaker : offered.get(speaker) ?? speaker;
    const isAlone = !answered.has(mid) && !own.has(mid);
    if (isAlone || (speakers.get(transport) ?? speaker) !== speaker) {
      throw invalid(`The answer does not bundle section ${mid}, which has no transport otherwise`);
    }
    speakers.set(transport, speaker);
  }
}

/**
 * A description without `a=bundle-only` in sections that are in no bundle: without bundling their port 0 says that there is nothing to accept
 * (RFC 9143 section 6).
 */
export function withoutStrayBundleOnly(session: SessionDescription): SessionDescription {
  const bundled = new Set(groupsOf(session, "BUNDLE").flatMap(({ mids }) => mids));
  const media = session.media.map((section, index) =>
    section.port !== 0 || bundled.has(midOf(session, index)) ? section : {
      ...section,
      attributes: section.attributes.filter(({ name }) => name !== "bundle-only"),
    }
  );
  return { ...session, media };
}

/** Throws an `InvalidAccessError` where a new offer drops or replaces sections of the one before (RFC 9429 section 5.10). */
export function checkOfferFollows(
  offer: SessionDescription,
  before: SessionDescription | undefined,
): void {
  if (before === undefined) return;
  if (offer.media.length < before.media.length) {
    throw invalid(
      `The offer has ${offer.media.length} sections, where there were ${before.media.length}`,
    );
  }
}

/** Throws an `OperationError` for more sections than can be served (W3C WebRTC section 4.4.1.5, "for all other errors"). */
export function checkSize({ media }: SessionDescription): void {
  const alive = media.filter(needsTransport).length;
  if (alive > MAX_SECTIONS) {
    throw new DOMException(`${alive} sections exceed ${MAX_SECTIONS}`, "OperationError");
  }
}

/** Throws an `InvalidAccessError` where a mid stands for two sections, or a bundle names one that does not exist. */
export function checkMids(session: SessionDescription): void {
  const seen = new Set<string>();
  for (const index of session.media.keys()) {
    const mid = midOf(session, index);
    if (seen.has(mid)) throw invalid(`The mid of section ${index} occurs twice`); // RFC 5888 section 4
    seen.add(mid);
  }
  for (const { mids } of groupsOf(session, "BUNDLE")) {
    const unknown = mids.find((mid) => !seen.has(mid));
    if (unknown !== undefined) throw invalid(`BUNDLE names ${unknown}, which is no section`); // RFC 9143 section 7.1
  }
}

/** Throws an `InvalidAccessError` where a section, of whatever kind, lacks what every transport needs (RFC 9429 section 5.8.3). */
export function checkTransports(
  session: SessionDescription,
  type: "offer" | "answer" | "pranswer",
): void {
  const bundled = new Set(groupsOf(session, "BUNDLE").flatMap(({ mids }) => mids.slice(1)));
  for (const [index, media] of session.media.entries()) {
    // A bundled section does as the one that its bundle is named for (RFC 9143 section 7.1.3).
    if (!needsTransport(media) || bundled.has(midOf(session, index))) continue;
    readRemoteTransport(session, index, type);
    if (isRtp(media.protocol) && !has(media.attributes, "rtcp-mux")) {
      throw invalid(`Section ${index} has no a=rtcp-mux`); // W3C WebRTC section 4.4.1.5
    }
  }
}

function invalid(message: string): DOMException {
  return new DOMException(message, "InvalidAccessError");
}
