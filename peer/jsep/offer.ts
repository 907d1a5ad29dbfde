import type { IceParameters } from "../../ice/mod.ts";
import {
  type Attribute,
  findAll,
  type MediaDescription,
  type SessionDescription,
} from "../../sdp/mod.ts";
import { unusedMid } from "./media/m_lines.ts";
import {
  isDataSection,
  isRejected,
  type LocalEnd,
  midOf,
  writeDataSection,
  writeDescription,
  writeRejectedSection,
} from "./sections.ts";

/** What an offer is made of. */
export interface OfferOptions {
  readonly version: number;
  /** The current local description, whose sections keep their places. */
  readonly current: SessionDescription | undefined;
  readonly ice: IceParameters;
  /** Whether data channels are wanted. */
  readonly data: boolean;
}

/** Makes an offer (RFC 9429 section 5.2). */
export function createOffer(end: LocalEnd, options: OfferOptions): SessionDescription {
  const { current, ice } = options;
  const mids = (current?.media ?? []).map((_, index) => midOf(current!, index));
  let wantsData = options.data;
  const data = (mid: string, candidates: readonly Attribute[] = []): MediaDescription => {
    wantsData = false;
    return writeDataSection(end, {
      mid,
      transport: { ice, fingerprints: end.fingerprints, setup: "actpass", candidates },
    });
  };
  const media = (current?.media ?? []).map((section, index): MediaDescription => {
    const mid = mids[index]!;
    if (!isDataSection(section)) return writeRejectedSection(section, mid);
    if (!isRejected(section)) {
      return data(
        mid,
        sameGeneration(section, ice) ? findAll(section.attributes, "candidate") : [],
      );
    }
    // RFC 9429 section 5.2.2: a section that was rejected is recycled, with a mid of its own.
    if (wantsData) return data(mids[index] = unusedMid(new Set(mids)));
    return writeRejectedSection(section, mid);
  });
  if (wantsData) {
    const mid = unusedMid(new Set(mids));
    mids.push(mid);
    media.push(data(mid));
  }
  const bundled = mids.filter((_, index) => !isRejected(media[index]!));
  return writeDescription(end, options.version, media, [{ semantics: "BUNDLE", mids: bundled }]);
}

function sameGeneration(section: MediaDescription, ice: IceParameters): boolean {
  return findAll(section.attributes, "ice-ufrag")[0]?.value === ice.usernameFragment;
}
