import { type Attribute, find, groupsOf, type SessionDescription } from "../../sdp/mod.ts";
import { midOf } from "./sections.ts";

/** The `a=ice-ufrag` and `a=ice-pwd` that sections are shown with, by mid, in place of those that hold. */
export type ShownCredentials = ReadonlyMap<string, readonly Attribute[]>;

/** Every section is shown as it is. */
export const AS_THEY_ARE: ShownCredentials = new Map();

const NAMES: readonly string[] = ["ice-ufrag", "ice-pwd"];

/**
 * The credentials that bundled sections of ours keep showing: those from before they were bundled, until ICE restarts.
 *
 * Deviation: RFC 9143 section 7.1.3 gives such sections none. Firefox wants some in each, and takes other ones than before for an ICE restart
 * of a part of the session, which it refuses. Whoever knows BUNDLE goes by the section that speaks for the others.
 */
export function lastingCredentials(
  session: SessionDescription,
  before: SessionDescription | undefined,
): ShownCredentials {
  if (before === undefined) return AS_THEY_ARE;
  const shown = credentialsByMid(before);
  const now = credentialsByMid(session);
  const inUse = new Set(Array.from(shown.values(), ufragOf));
  const lasting = new Map<string, readonly Attribute[]>();
  for (const { mids: [tag, ...others] } of groupsOf(session, "BUNDLE")) {
    const ufrag = ufragOf(now.get(tag ?? "") ?? []);
    if (ufrag === undefined || !inUse.has(ufrag)) continue; // ICE restarts
    for (const mid of others) {
      const kept = shown.get(mid);
      // One with credentials of its own is not bundled yet.
      if (kept && kept.length > 0 && ufragOf(now.get(mid) ?? []) === ufrag) lasting.set(mid, kept);
    }
  }
  return lasting;
}

/** The session as it is shown. */
export function withCredentials(
  session: SessionDescription,
  shown: ShownCredentials,
): SessionDescription {
  if (shown.size === 0) return session;
  const media = session.media.map((section, index) => {
    const credentials = shown.get(midOf(session, index));
    if (credentials === undefined) return section;
    const attributes = section.attributes.map((each) =>
      credentials.find(({ name }) => name === each.name) ?? each
    );
    return { ...section, attributes };
  });
  return { ...session, media };
}

function credentialsByMid(session: SessionDescription): ShownCredentials {
  return new Map(session.media.map(({ attributes }, index) => [
    midOf(session, index),
    attributes.filter(({ name }) => NAMES.includes(name)),
  ]));
}

function ufragOf(credentials: readonly Attribute[]): string | undefined {
  return find(credentials, "ice-ufrag")?.value;
}
