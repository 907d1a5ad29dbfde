/**
 * Bundling: which sections share a transport, and which of them speaks for it (RFC 9143).
 *
 * @module
 */
import type { Group } from "../../../sdp/mod.ts";

/** How much is offered to peers that may not know bundling (RFC 9429 section 4.1.1). "max-bundle" is what the RFC calls "must-bundle". */
export type BundlePolicy = "balanced" | "max-compat" | "max-bundle";

/**
 * What a section says of transports:
 * - "own": it has transport attributes, for a transport of its own or as the tagged section of a bundle;
 * - "bundle-only": port 0 and `a=bundle-only`, so that peers without bundling reject it (RFC 9143 section 6);
 * - "bundled": nothing of its own, for the tagged section speaks for it (RFC 9143 section 7.1.3);
 * - "rejected": port 0.
 */
export type TransportRole = "own" | "bundle-only" | "bundled" | "rejected";

/** A section as bundling sees it. */
export interface BundleSection {
  readonly mid: string;
  /** "audio", "video", "application", ... */
  readonly kind: string;
}

/** A section of an offer of ours. */
export interface OfferedSection extends BundleSection {
  /** Whether it is rejected, or remains so. */
  readonly isRejected: boolean;
  /** Whether the most recent answer accepted it. */
  readonly isNegotiated: boolean;
}

/** What an offer says of bundling. */
export interface OfferedBundle {
  /** The mids of the group, the offerer-tagged section's first; none if nothing is offered. */
  readonly mids: readonly string[];
  /** Of each section, in order. */
  readonly roles: readonly TransportRole[];
}

/**
 * The bundle of an offer: all that was bundled and is alive, and all that is new (RFC 9429 sections 5.2.1 and 5.2.2). `negotiated` are the
 * mids of the group in the most recent answer, if it has one.
 */
export function offerBundle(
  sections: readonly OfferedSection[],
  policy: BundlePolicy,
  negotiated: readonly string[] = [],
): OfferedBundle {
  const alive = sections.filter(({ isRejected }) => !isRejected);
  const known = new Set(alive.filter(({ isNegotiated }) => isNegotiated).map(({ mid }) => mid));
  const bundled = negotiated.filter((mid) => known.has(mid));
  // What the other side did not bundle stays alone (RFC 9429 section 5.2.2).
  const added = alive.filter(({ isNegotiated }) => !isNegotiated).map(({ mid }) => mid);
  const mids = [...bundled, ...added];
  const members = new Set(mids);
  const kinds = new Set<string>();
  const roles = sections.map(({ mid, kind, isRejected }): TransportRole => {
    if (isRejected) return "rejected";
    const isFirstOfKind = !kinds.has(kind);
    kinds.add(kind);
    if (mid === mids[0] || !members.has(mid)) return "own";
    if (bundled.length > 0) return "bundled"; // RFC 9429 section 5.2.2: the bundle exists, no need to mark it
    if (policy === "max-compat" || (policy === "balanced" && isFirstOfKind)) return "own";
    return "bundle-only";
  });
  return { mids, roles };
}

/** A section of an offer that is to be answered. */
export interface AnswerableSection extends BundleSection {
  /** Whether the offer has it rejected. */
  readonly isRejected: boolean;
  /** Whether it would be accepted were it not for bundling: its transceiver is not stopped, and has a format in common with it. */
  readonly isAcceptable: boolean;
}

/** What an answer says of bundling. */
export interface AnsweredBundle {
  /** Those of the offered groups that have something left, the answerer-tagged section's mid first. */
  readonly groups: readonly Group[];
  /** Of each section, in order; none is "bundle-only" (RFC 9429 section 5.3.1). */
  readonly roles: readonly TransportRole[];
}

/** The bundles of an answer, and with them which sections it rejects (RFC 9429 section 5.3.1). */
export function answerBundle(
  sections: readonly AnswerableSection[],
  offered: readonly Group[],
  policy: BundlePolicy,
): AnsweredBundle {
  const groupOf = groupsByMid(offered);
  const inOffer = sections.filter(({ isRejected }) => !isRejected);
  const together = (one: BundleSection, other: BundleSection) =>
    one === other || (groupOf.has(one.mid) && groupOf.get(one.mid) === groupOf.get(other.mid));
  const firstOfKind = new Map<string, BundleSection>();
  for (const section of inOffer) {
    if (!firstOfKind.has(section.kind)) firstOfKind.set(section.kind, section);
  }
  const isAllowed = (section: BundleSection) => {
    if (policy === "max-bundle") return together(section, inOffer[0]!);
    return policy === "max-compat" || together(section, firstOfKind.get(section.kind)!);
  };
  const accepted = new Set(
    inOffer.filter((section) => section.isAcceptable && isAllowed(section)).map(({ mid }) => mid),
  );
  const alive = new Set(inOffer.map(({ mid }) => mid));
  const groups: Group[] = [];
  const tags = new Set<string>();
  for (const group of new Set(groupOf.values())) {
    const tag = group.mids.find((mid) => alive.has(mid));
    if (tag !== undefined && !accepted.has(tag)) {
      // RFC 9143 section 7.3.3: without its tagged section, the whole group is rejected.
      for (const mid of group.mids) accepted.delete(mid);
    }
    const mids = group.mids.filter((mid) => accepted.has(mid));
    if (mids.length === 0) continue;
    groups.push({ semantics: "BUNDLE", mids });
    tags.add(mids[0]!);
  }
  const roles = sections.map(({ mid }): TransportRole => {
    if (!accepted.has(mid)) return "rejected";
    return !groupOf.has(mid) || tags.has(mid) ? "own" : "bundled";
  });
  return { groups, roles };
}

/** The group of each mid: a mid that is in several belongs to the first. */
function groupsByMid(groups: readonly Group[]): ReadonlyMap<string, Group> {
  const byMid = new Map<string, Group>();
  for (const group of groups) {
    for (const mid of group.mids) if (!byMid.has(mid)) byMid.set(mid, group);
  }
  return byMid;
}

/**
 * The mid of the section whose transport each bundled section uses, by the groups of the answer: the tagged one's (RFC 9143
 * section 7.3.1). A section that is in no group uses its own.
 */
export function transportMids(groups: readonly Group[]): ReadonlyMap<string, string> {
  return new Map(Array.from(groupsByMid(groups), ([mid, { mids }]) => [mid, mids[0]!]));
}
