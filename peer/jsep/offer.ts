import type { IceParameters } from "../../ice/mod.ts";
import type { Attribute, MediaDescription, SessionDescription } from "../../sdp/mod.ts";
import {
  type BundlePolicy,
  type MediaWishes,
  type NegotiatedMedia,
  type Numbering,
  offerBundle,
  offerLipSync,
  offerMedia,
  sends,
  writeMediaSection,
} from "./media/mod.ts";
import {
  type LocalEnd,
  writeDataSection,
  writeDescription,
  writeRejectedSection,
} from "./sections.ts";

/** What a section of an offer is for. */
export type OfferContent =
  /** A track; `negotiated` is what the most recent answer has fixed. */
  | {
    readonly type: "media";
    readonly wishes: MediaWishes;
    readonly negotiated?: NegotiatedMedia;
  }
  /** Data channels. */
  | { readonly type: "data" }
  /** Nothing any more, but its place has to be kept. */
  | { readonly type: "rejected"; readonly like: MediaDescription };

/** A section of an offer. */
export interface OfferSection {
  readonly mid: string;
  readonly content: OfferContent;
  /** Whether the most recent answer accepted it. */
  readonly isNegotiated: boolean;
}

/** What tells a peer how to reach a section, as far as the section alone knows. */
export interface SectionTransport {
  readonly ice: IceParameters;
  /** Candidates that were found for it already. */
  readonly candidates?: readonly Attribute[];
}

/** What an offer is made of. */
export interface OfferOptions {
  readonly version: number;
  readonly sections: readonly OfferSection[];
  readonly policy: BundlePolicy;
  /** The mids of the bundle in the most recent answer. */
  readonly bundled: readonly string[];
  readonly numbering: Numbering;
  /** Called for the sections that speak for a transport; `tag` is the first of the bundle that is offered, where a section is in that. */
  readonly transportOf: (mid: string, tag: string) => SectionTransport;
}

/** Makes an offer (RFC 9429 section 5.2). */
export function createOffer(end: LocalEnd, options: OfferOptions): SessionDescription {
  const { sections, policy, bundled, numbering } = options;
  const { mids, roles } = offerBundle(
    sections.map(({ mid, content, isNegotiated }) => ({
      mid,
      kind: kindOf(content),
      isRejected: content.type === "rejected",
      isNegotiated,
    })),
    policy,
    bundled,
  );
  const members = new Set(mids);
  const media = sections.map(({ mid, content }, index) => {
    const transport = roles[index] === "own"
      ? {
        ...options.transportOf(mid, members.has(mid) ? mids[0]! : mid),
        fingerprints: end.fingerprints,
        iceRenomination: end.iceRenomination,
        setup: "actpass", // RFC 8842 section 5.2
      } as const
      : undefined;
    const place = { ...(transport && { transport }), isBundleOnly: roles[index] === "bundle-only" };
    switch (content.type) {
      case "rejected":
        return writeRejectedSection(content.like, mid);
      case "data":
        return writeDataSection(end, { mid, ...place });
      case "media":
        return writeMediaSection({
          ...offerMedia(content.wishes, mid, numbering, content.negotiated),
          ...place,
        });
    }
  });
  return writeDescription(end, options.version, media, [
    { semantics: "BUNDLE", mids },
    ...offerLipSync(syncedSections(sections)),
  ]);
}

function kindOf(content: OfferContent): string {
  if (content.type === "media") return content.wishes.kind;
  return content.type === "data" ? "application" : content.like.kind;
}

function syncedSections(sections: readonly OfferSection[]) {
  return sections.flatMap(({ mid, content }) =>
    content.type === "media" && sends(content.wishes.direction)
      ? [{ mid, streamIds: content.wishes.streamIds }]
      : []
  );
}
