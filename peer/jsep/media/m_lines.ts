/**
 * The places of sections in an offer: a section keeps its place for the life of a connection, and one that is rejected may be given to
 * something new (RFC 9429 section 5.2.2, RFC 3264 section 8).
 *
 * @module
 */
import type { MediaKind } from "./media_format.ts";

/** A section of the current descriptions, in its place. */
export interface MLine<Owner> {
  readonly mid: string;
  /** What uses it: a transceiver that is not stopped, or the data channels. Undefined if nothing does. */
  readonly owner: Owner | undefined;
  /** Whether it has port 0 in the current local or remote description, other than by being bundle-only. */
  readonly isRejected: boolean;
}

/** Something without a section yet. */
export interface Addition<Owner> {
  readonly owner: Owner;
  /** The mid that it is offered with already, if that offer is still pending. */
  readonly mid?: string;
}

/** A section of the new offer; without an owner it is rejected. */
export interface Placement<Owner> {
  readonly mid: string;
  readonly owner: Owner | undefined;
  /** Whether the place was another section's before. */
  readonly isRecycled: boolean;
}

/**
 * Gives each section of an offer its place and its mid. `additions` are in the order in which they were made, data channels last.
 *
 * RFC 9429 section 5.2.2: rejected places are filled first, whatever kind of section they had, and get a new mid.
 */
export function layOutSections<Owner>(
  lines: readonly MLine<Owner>[],
  additions: readonly Addition<Owner>[],
): Placement<Owner>[] {
  const used = new Set(
    [...lines, ...additions].flatMap(({ mid }) => mid === undefined ? [] : [mid]),
  );
  const waiting = [...additions];
  const place = (isRecycled: boolean): Placement<Owner> => {
    const { owner, mid = unusedMid(used) } = waiting.shift()!;
    used.add(mid);
    return { mid, owner, isRecycled };
  };
  const placements = lines.map(({ mid, owner, isRejected }) => {
    if (owner === undefined && isRejected && waiting.length > 0) return place(true);
    return { mid, owner, isRecycled: false };
  });
  while (waiting.length > 0) placements.push(place(false));
  return placements;
}

/** The smallest number that is no mid yet: short, and it tells nothing (RFC 9429 section 5.2.1). */
export function unusedMid(used: ReadonlySet<string>): string {
  let next = 0;
  while (used.has(String(next))) next++;
  return String(next);
}

/** What tells whether a transceiver can be associated with an offered section. */
export interface Associable {
  readonly kind: MediaKind;
  /** The section that it is associated with, if any. */
  readonly mid: string | null;
  /** Whether `addTrack` made it, or it has been used by it. */
  readonly isAddedByTrack: boolean;
  readonly isStopped: boolean;
}

/**
 * The transceiver for a section of a remote offer: the one that has it already, else the first that waits for one; undefined if a new one
 * is to be made (RFC 9429 section 5.10). `transceivers` are in the order in which they were added.
 */
export function findTransceiver<T extends Associable>(
  transceivers: readonly T[],
  section: { readonly mid: string; readonly kind: MediaKind; readonly offersToReceive: boolean },
): T | undefined {
  const associated = transceivers.find(({ mid, isStopped }) => mid === section.mid && !isStopped);
  if (associated !== undefined || !section.offersToReceive) return associated;
  return transceivers.find(({ kind, mid, isAddedByTrack, isStopped }) =>
    kind === section.kind && mid === null && isAddedByTrack && !isStopped
  );
}
