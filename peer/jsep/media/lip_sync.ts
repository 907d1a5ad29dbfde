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
  return lipSyncGroups(offered.flatMap(({ mids }) => {
    const members = sections.filter(({ mid }) => mids.includes(mid));
    const streams = new Set(members.flatMap(({ streamIds }) => streamIds));
    if (streams.size === 0) return [members.map(({ mid }) => mid)];
    return [...streams].map((stream) =>
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
