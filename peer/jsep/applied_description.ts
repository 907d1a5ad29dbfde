import {
  type Attribute,
  attribute,
  find,
  findAll,
  type MediaDescription,
  type SessionDescription,
  writeSession,
} from "../../sdp/mod.ts";
import { type RTCSdpType, RTCSessionDescription } from "../rtc_session_description.ts";
import { withDefaultCandidate } from "./default_candidate.ts";
import { midOf } from "./sections.ts";
import { SectionTable } from "./section_table.ts";

/** Candidates that a section can gain: more than any honest peer has. */
const MAX_CANDIDATES = 256;

/** A description in force, with the candidates that have been found since. */
export class AppliedDescription {
  readonly type: RTCSdpType;
  readonly #sections: SectionTable;
  readonly #show: (session: SessionDescription) => SessionDescription;
  #session: SessionDescription;
  #object: RTCSessionDescription | undefined;

  /** One of ours is shown otherwise than it is kept. */
  constructor(
    type: RTCSdpType,
    session: SessionDescription,
    show: (session: SessionDescription) => SessionDescription = (session) => session,
  ) {
    this.type = type;
    this.#session = session;
    this.#show = show;
    this.#sections = new SectionTable(session);
  }

  /** What the application sees of it: the same object until something is added, which earlier ones then lack, as in browsers. */
  get object(): RTCSessionDescription {
    const { type } = this;
    return this.#object ??= new RTCSessionDescription({ type, sdp: writeSession(this.shown) });
  }

  /** As the application, and so the other side, sees it. */
  get shown(): SessionDescription {
    return this.#show(this.#session);
  }

  get session(): SessionDescription {
    return this.#session;
  }

  /** Indices of the sections of an ICE generation that are in use. */
  sectionsOf(usernameFragment: string): readonly number[] {
    return this.#sections.sectionsOf(usernameFragment);
  }

  /** The ufrag that holds for a section. */
  usernameFragmentOf(index: number): string | undefined {
    return this.#sections.usernameFragments[index];
  }

  /** The index of the section with this mid; -1 if there is none. */
  indexOfMid(mid: string): number {
    return this.#sections.indexOfMid(mid);
  }

  /**
   * Of those sections of an ICE generation that use a transport, the one that speaks for it: all others say nothing of transports (RFC 9143
   * section 7.1.3). A generation may be that of several transports.
   */
  speakerOf(
    usernameFragment: string,
    usesTransport: (mid: string) => boolean,
  ): number | undefined {
    const { media } = this.#session;
    const sections = this.sectionsOf(usernameFragment).filter((index) =>
      usesTransport(midOf(this.#session, index))
    );
    const speaks = (index: number) => find(media[index]!.attributes, "ice-ufrag") !== undefined;
    return sections.find(speaks) ?? sections[0];
  }

  /** Adds a candidate to a section, unless it is there or there are too many already. */
  addCandidate(section: number, candidate: string): void {
    const line = candidateAttribute(candidate);
    this.#changeLines(section, (attributes) => {
      const known = findAll(attributes, "candidate");
      const isKnown = known.some(({ value }) => value === line.value);
      if (isKnown || known.length >= MAX_CANDIDATES) return attributes;
      const after = attributes.findLastIndex(({ name }) => name === "candidate") + 1;
      return [...attributes.slice(0, after), line, ...attributes.slice(after)];
    });
  }

  /** Removes a candidate that is none any more. */
  removeCandidate(section: number, candidate: string): void {
    const { value } = candidateAttribute(candidate);
    this.#changeLines(
      section,
      (attributes) =>
        attributes.filter((each) => each.name !== "candidate" || each.value !== value),
    );
  }

  /** Has the port and `c=` line of a section of ours follow what has become of its candidates. */
  followCandidates(section: number): void {
    this.#change(section, withDefaultCandidate);
  }

  /** Adds `a=end-of-candidates` to a section; false if it is there already. */
  addEndOfCandidates(section: number): boolean {
    const { attributes } = this.#session.media[section]!;
    if (find(attributes, "end-of-candidates") !== undefined) return false;
    this.#changeLines(section, (lines) => [...lines, attribute("end-of-candidates")]);
    return true;
  }

  #changeLines(
    section: number,
    change: (lines: readonly Attribute[]) => readonly Attribute[],
  ): void {
    this.#change(section, (media) => ({ ...media, attributes: change(media.attributes) }));
  }

  #change(section: number, change: (media: MediaDescription) => MediaDescription): void {
    const media = this.#session.media.with(section, change(this.#session.media[section]!));
    this.#session = { ...this.#session, media };
    this.#object = undefined;
  }
}

function candidateAttribute(candidate: string) {
  return attribute("candidate", candidate.replace(/^a?=?candidate:/, ""));
}
