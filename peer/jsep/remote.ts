import type { IceParameters } from "../../ice/mod.ts";
import {
  candidatesOf,
  type Fingerprint,
  fingerprintsOf,
  groupsOf,
  has,
  iceCredentialsOf,
  inherited,
  isEndOfCandidates,
  isIceLite,
  isRtp,
  maxMessageSizeOf,
  parseIceOptions,
  parseIcePwd,
  parseIceUfrag,
  type SessionDescription,
  type Setup,
  setupOf,
} from "../../sdp/mod.ts";
import {
  dataSectionIndex,
  isDataSection,
  isRejected,
  midOf,
  transportSection,
} from "./sections.ts";

/** What a remote description says of its data section. */
export interface RemoteData {
  readonly index: number;
  readonly mid: string;
  readonly ice: IceParameters;
  readonly fingerprints: readonly Fingerprint[];
  readonly setup: Setup;
  /** In bytes; 0 means any size. */
  readonly maxMessageSize: number;
  /** `candidate:...` texts. */
  readonly candidates: readonly string[];
  readonly endOfCandidates: boolean;
}

/** The data section of a remote description; undefined if it has none, or refuses it. Throws an `InvalidAccessError` where it is invalid. */
export function readRemoteData(
  session: SessionDescription,
  type: "offer" | "answer" | "pranswer",
): RemoteData | undefined {
  const index = dataSectionIndex(session);
  if (index < 0) return undefined;
  const section = transportSection(session, index);
  const mid = midOf(session, index);
  const credentials = iceCredentialsOf(session, section);
  if (credentials === undefined) throw invalid(`The section ${mid} has no ice-ufrag and ice-pwd`);
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
    index,
    mid,
    ice: { ...credentials, ...(isIceLite(session) && { iceLite: true }) },
    fingerprints,
    setup,
    maxMessageSize: maxMessageSizeOf(session.media[index]!),
    candidates: candidatesOf(section),
    endOfCandidates: isEndOfCandidates(session, section),
  };
}

/** Whether the other side takes candidates one by one (RFC 9429 section 4.1.17). */
export function canTrickle(session: SessionDescription): boolean {
  return session.media.some((media) =>
    parseIceOptions(inherited(session, media, "ice-options")?.value).includes("trickle")
  );
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

/** Throws an `InvalidAccessError` where what a section says of its transport, of whatever kind it is, can't be used. */
export function checkTransports(session: SessionDescription): void {
  const bundled = new Set(groupsOf(session, "BUNDLE").flatMap(({ mids }) => mids.slice(1)));
  for (const [index, media] of session.media.entries()) {
    if (isRejected(media)) continue;
    const [fragment, password] = ["ice-ufrag", "ice-pwd"].map((name) =>
      inherited(session, media, name)?.value
    );
    if (fragment !== undefined && parseIceUfrag(fragment) === undefined) {
      throw invalid(`The a=ice-ufrag of section ${index} is malformed`); // RFC 8839 section 5.4
    }
    if (password !== undefined && parseIcePwd(password) === undefined) {
      throw invalid(`The a=ice-pwd of section ${index} is malformed`);
    }
    // A bundled section does as the one that its bundle is named for (RFC 9143 section 7.1.3).
    const ownsTransport = !bundled.has(midOf(session, index));
    if (isRtp(media.protocol) && ownsTransport && !has(media.attributes, "rtcp-mux")) {
      throw invalid(`Section ${index} has no a=rtcp-mux`); // W3C WebRTC section 4.4.1.5
    }
  }
}

function invalid(message: string): DOMException {
  return new DOMException(message, "InvalidAccessError");
}
