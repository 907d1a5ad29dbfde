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
import { AS_THEY_ARE, type ShownCredentials, withCredentials } from "./lasting_credentials.ts";
import { dataSectionIndex } from "./sections.ts";
import { SectionTable } from "./section_table.ts";

/** Candidates that a section can gain: more than any honest peer has. */
const MAX_CANDIDATES = 256;

/** A description in force, with the candidates that have been found since. */
export class AppliedDescription {
  readonly type: RTCSdpType;
  /** The index of the section whose data channels are in use; -1 if there is none. */
  readonly dataIndex: number;
  readonly #sections: SectionTable;
  readonly #credentials: ShownCredentials;
  #session: SessionDescription;
  #object: RTCSessionDescription | undefined;

  /** Of this end, some sections may be shown with other credentials than hold for them. */
  constructor(
    type: RTCSdpType,
    session: SessionDescription,
    credentials: ShownCredentials = AS_THEY_ARE,
  ) {
    this.type = type;
    this.#session = session;
    this.#credentials = credentials;
    this.#sections = new SectionTable(session);
    this.dataIndex = dataSectionIndex(session);
  }

  /** What the application sees of it: the same object until something is added, which earlier ones then lack, as in browsers. */
  get object(): RTCSessionDescription {
    const { type } = this;
    return this.#object ??= new RTCSessionDescription({ type, sdp: writeSession(this.shown) });
  }

  /** As the application, and so the other side, sees it. */
  get shown(): SessionDescription {
    return withCredentials(this.#session, this.#credentials);
  }

  get session(): SessionDescription {
    return this.#session;
  }

  /** Indices of the sections of an ICE generation that carry its candidates. */
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

  /** Adds a candidate to the sections that speak for its generation, unless it is there or there are too many already. */
  addCandidate(usernameFragment: string, candidate: string): void {
    const line = candidateAttribute(candidate);
    this.#changeLines(usernameFragment, (attributes) => {
      const known = findAll(attributes, "candidate");
      const isKnown = known.some(({ value }) => value === line.value);
      if (isKnown || known.length >= MAX_CANDIDATES) return attributes;
      const after = attributes.findLastIndex(({ name }) => name === "candidate") + 1;
      return [...attributes.slice(0, after), line, ...attributes.slice(after)];
    });
  }

  /** Removes a candidate that is none any more. */
  removeCandidate(usernameFragment: string, candidate: string): void {
    const { value } = candidateAttribute(candidate);
    this.#changeLines(
      usernameFragment,
      (attributes) =>
        attributes.filter((each) => each.name !== "candidate" || each.value !== value),
    );
  }

  /** Has the port and `c=` line of sections of ours follow what has become of their candidates. */
  followCandidates(usernameFragment: string): void {
    this.#change(usernameFragment, withDefaultCandidate);
  }

  /** Adds `a=end-of-candidates` to every section of a generation. */
  addEndOfCandidates(usernameFragment: string): void {
    this.#changeLines(
      usernameFragment,
      (attributes) =>
        find(attributes, "end-of-candidates") === undefined
          ? [...attributes, attribute("end-of-candidates")]
          : attributes,
    );
  }

  /** RFC 9143 section 7.1.3: of a bundle, only the section that speaks for it has candidates. */
  #speakersOf(usernameFragment: string): readonly number[] {
    const sections = this.sectionsOf(usernameFragment);
    const speakers = sections.filter((index) => this.#sections.speaks(index));
    return speakers.length > 0 ? speakers : sections;
  }

  #changeLines(
    usernameFragment: string,
    change: (lines: readonly Attribute[]) => readonly Attribute[],
  ): void {
    this.#change(usernameFragment, (media) => ({ ...media, attributes: change(media.attributes) }));
  }

  #change(usernameFragment: string, change: (media: MediaDescription) => MediaDescription): void {
    const sections = this.#speakersOf(usernameFragment);
    if (sections.length === 0) return;
    const media = [...this.#session.media];
    for (const index of sections) media[index] = change(media[index]!);
    this.#session = { ...this.#session, media };
    this.#object = undefined;
  }
}

function candidateAttribute(candidate: string) {
  return attribute("candidate", candidate.replace(/^a?=?candidate:/, ""));
}
