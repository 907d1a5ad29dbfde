/**
 * Groups of sections whose media is to be played in step, because their tracks are in one stream (RFC 5888 section 7, RFC 9429
 * sections 5.2.1 and 5.3.1).
 *
 * @module
 */
import type { Group } from "../../../sdp/mod.ts";

/** A section that is sent or wanted, and the streams of its sender's track. */
export interface SyncedSection {
  readonly mid: string;
  readonly streamIds: readonly string[];
}

/** Streams within one offered group that get a group of their own in the answer. */
const MAX_STREAMS = 16;

/** The groups of an offer: one for each stream with tracks in several sections. */
export function offerLipSync(sections: readonly SyncedSection[]): Group[] {
  const byStream = new Map<string, string[]>();
  for (const { mid, streamIds } of sections) {
    for (const streamId of new Set(streamIds)) {
      const mids = byStream.get(streamId);
      if (mids === undefined) byStream.set(streamId, [mid]);
      else mids.push(mid);
    }
  }
  return lipSyncGroups([...byStream.values()]);
}

/** The groups of an answer: of those offered, the sections that share a stream of ours, or of whose streams we say nothing. */
export function answerLipSync(
  offered: readonly Group[],
  sections: readonly SyncedSection[],
): Group[] {
  const byMid = new Map(sections.map((section) => [section.mid, section]));
  return lipSyncGroups(offered.flatMap(({ mids }) => {
    const members = mids.map((mid) => byMid.get(mid)).filter((section) => section !== undefined);
    const streams = new Set(members.flatMap(({ streamIds }) => streamIds));
    if (streams.size === 0) return [members.map(({ mid }) => mid)];
    return [...streams].slice(0, MAX_STREAMS).map((stream) =>
      members.filter(({ streamIds }) => streamIds.length === 0 || streamIds.includes(stream))
        .map(({ mid }) => mid)
    );
  }));
}

/** Groups of at least two, each once. */
function lipSyncGroups(groups: readonly (readonly string[])[]): Group[] {
  const unique = new Map(groups.map((mids) => [mids.join(" "), mids]));
  return [...unique.values()].filter((mids) => mids.length > 1)
    .map((mids) => ({ semantics: "LS", mids }));
}
