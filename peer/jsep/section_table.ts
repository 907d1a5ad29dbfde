import { find, groupsOf, type SessionDescription } from "../../sdp/mod.ts";
import { isRejected, midOf } from "./sections.ts";

/**
 * Which section has which mid, and which ICE generation each is of. It is made once, in a time linear in the sections, since it is asked
 * for every candidate and a description may have thousands of sections.
 */
export class SectionTable {
  /** The ufrag that holds for each section. */
  readonly usernameFragments: readonly (string | undefined)[];
  readonly #indices: ReadonlyMap<string, number>;
  readonly #generations: ReadonlyMap<string | undefined, readonly number[]>;

  /** A session whose mids, groups and ufrags will not change. */
  constructor(session: SessionDescription) {
    this.#indices = indicesByMid(session);
    this.usernameFragments = usernameFragments(session, tagsOf(session, this.#indices));
    this.#generations = Map.groupBy(
      [...session.media.keys()].filter((index) => !isRejected(session.media[index]!)),
      (index) => this.usernameFragments[index],
    );
  }

  /** The index of the section with this mid; -1 if there is none. */
  indexOfMid(mid: string): number {
    return this.#indices.get(mid) ?? -1;
  }

  /** Indices of the sections of an ICE generation that are in use. */
  sectionsOf(usernameFragment: string): readonly number[] {
    return this.#generations.get(usernameFragment) ?? [];
  }
}

function indicesByMid(session: SessionDescription): Map<string, number> {
  const indices = new Map<string, number>();
  for (const index of session.media.keys()) {
    const mid = midOf(session, index);
    if (!indices.has(mid)) indices.set(mid, index);
  }
  return indices;
}

/** The index of the first section in the bundle of each (RFC 9143 section 7.2). */
function tagsOf(
  session: SessionDescription,
  indices: ReadonlyMap<string, number>,
): (number | undefined)[] {
  const tags = new Map<string, string>();
  for (const { mids } of groupsOf(session, "BUNDLE")) {
    for (const mid of mids) if (!tags.has(mid)) tags.set(mid, mids[0]!);
  }
  return session.media.map((_, index) => indices.get(tags.get(midOf(session, index)) ?? ""));
}

/** A section's own ufrag, that of the first section in its bundle, or that of the whole session. */
function usernameFragments(
  session: SessionDescription,
  tags: readonly (number | undefined)[],
): (string | undefined)[] {
  const own = session.media.map(({ attributes }) => find(attributes, "ice-ufrag")?.value);
  const ofSession = find(session.attributes, "ice-ufrag")?.value;
  return own.map((fragment, index) => {
    const tag = tags[index];
    return fragment ?? (tag === undefined ? undefined : own[tag]) ?? ofSession;
  });
}
