import {
  type Attribute,
  find,
  groupsOf,
  type MediaDescription,
  type SessionDescription,
} from "../../sdp/mod.ts";
import { isRejected, midOf } from "./sections.ts";

/** What tells how to reach a section, without candidates. */
const REPEATED = ["ice-ufrag", "ice-pwd", "ice-options", "fingerprint", "setup"];

/**
 * A description of ours in which bundled sections repeat the transport attributes of the one that speaks for them.
 *
 * Deviation: RFC 9143 section 7.1.3 has these attributes in the tagged section alone. Firefox refuses an offer in which a bundled section
 * lacks them. They are shown only: what this end keeps is as the RFC has it.
 */
export function repeatTransports(session: SessionDescription): SessionDescription {
  const tags = tagsOf(session);
  const media = session.media.map((section, index): MediaDescription => {
    const tag = session.media[tags.get(midOf(session, index)) ?? index]!;
    if (tag === section || isRejected(section) || has(section, "ice-ufrag")) return section;
    const missing = REPEATED.filter((name) => !has(section, name));
    return { ...section, attributes: [...pick(tag, missing), ...section.attributes] };
  });
  return { ...session, media };
}

/** The index of the section that speaks for each that is bundled, by mid. */
function tagsOf(session: SessionDescription): Map<string, number> {
  const indices = new Map(session.media.map((_, index) => [midOf(session, index), index]));
  return new Map(
    groupsOf(session, "BUNDLE").flatMap(({ mids }) => {
      const tag = indices.get(mids[0]!);
      return tag === undefined ? [] : mids.map((mid) => [mid, tag] as const);
    }),
  );
}

function has(section: MediaDescription, name: string): boolean {
  return find(section.attributes, name) !== undefined;
}

function pick({ attributes }: MediaDescription, names: readonly string[]): Attribute[] {
  return attributes.filter(({ name }) => names.includes(name));
}
