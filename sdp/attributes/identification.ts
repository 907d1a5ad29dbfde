import { fieldsOf, isToken } from "../grammar.ts";
import { findAll } from "../lookup.ts";
import type { SessionDescription } from "../model.ts";

/** Media sections that belong together (RFC 5888 section 5). */
export interface Group {
  /** "BUNDLE" (RFC 9143), "LS" for lip synchronisation (RFC 5888 section 7), ... */
  readonly semantics: string;
  /** The identification tags of the sections, in order. */
  readonly mids: readonly string[];
}

/** Parses the value of `a=mid`, a section's identification tag: a token (RFC 5888 section 4). */
export function parseMid(value: string | undefined): string | undefined {
  return value !== undefined && isToken(value) ? value : undefined;
}

/** Parses the value of `a=group` (RFC 5888 section 5). */
export function parseGroup(value: string | undefined): Group | undefined {
  if (value === undefined) return undefined;
  const [semantics, ...mids] = fieldsOf(value);
  if (semantics === undefined || !isToken(semantics) || !mids.every(isToken)) return undefined;
  return { semantics, mids };
}

/** Writes the value of `a=group`. */
export function writeGroup(group: Group): string {
  return [group.semantics, ...group.mids].join(" ");
}

/** The groups of these semantics that a session has. */
export function groupsOf(session: SessionDescription, semantics: string): Group[] {
  return findAll(session.attributes, "group")
    .map(({ value }) => parseGroup(value))
    .filter((group) => group !== undefined)
    .filter((group) => group.semantics === semantics);
}
