import {
  findAll,
  type MediaDescription,
  parseMsid,
  reverseDirection,
  type SessionDescription,
} from "../../sdp/mod.ts";
import type { AppliedDescription } from "../jsep/applied_description.ts";
import {
  answerDirection,
  type Direction,
  readSections,
  type RemoteMedia,
  sends,
} from "../jsep/media/mod.ts";
import { dataSectionIndex } from "../jsep/sections.ts";

import type { TransceiverSlots } from "../transceivers/mod.ts";

/** What the check looks at. */
export interface NegotiationState {
  /** Whether an ICE restart is wanted. */
  readonly restartIsPending: boolean;
  readonly wantsData: boolean;
  readonly currentLocal: AppliedDescription | null;
  readonly currentRemote: AppliedDescription | null;
  readonly transceivers: readonly TransceiverSlots[];
}

/** Checks whether negotiation is needed (W3C WebRTC section 4.7.3). */
export function needsNegotiation(state: NegotiationState): boolean {
  const { restartIsPending, wantsData, currentLocal, currentRemote, transceivers } = state;
  if (restartIsPending) return true;
  if (wantsData && !hasData(currentLocal)) return true;
  const local = sectionsByMid(currentLocal);
  const remote = sectionsByMid(currentRemote);
  return transceivers.some((transceiver) => {
    const section = transceiver.mid === null ? undefined : local.get(transceiver.mid);
    if (transceiver.stopping && !transceiver.stopped) return true;
    if (transceiver.stopped) {
      const other = section && remote.get(transceiver.mid!);
      return section !== undefined && !section.media.isRejected &&
        !(other?.media.isRejected ?? false);
    }
    if (section === undefined) return true;
    const theirs = remote.get(transceiver.mid!)?.media;
    return isStale(transceiver, section, theirs, currentLocal!.type === "answer");
  });
}

function hasData(description: AppliedDescription | null): boolean {
  return description !== null && dataSectionIndex(description.session) >= 0;
}

interface Section {
  readonly media: RemoteMedia;
  readonly description: MediaDescription;
}

function sectionsByMid(description: AppliedDescription | null): Map<string, Section> {
  const sections = new Map<string, Section>();
  if (description === null) return sections;
  const { session }: { session: SessionDescription } = description;
  for (const media of readSections(session)) {
    if (media === undefined) continue;
    sections.set(media.mid, { media, description: session.media[media.index]! });
  }
  return sections;
}

function isStale(
  { direction, sender }: TransceiverSlots,
  { media, description }: Section,
  theirs: RemoteMedia | undefined,
  isAnswer: boolean,
): boolean {
  // RFC 9429 section 5.3.1: an answer of ours has refused it, and would be refused for the same reason.
  if (isAnswer && media.isRejected) return false;
  if (sends(direction) && !hasMsids(description, sender.associatedMediaStreamIds)) return true;
  if (isAnswer) {
    const offered = theirs?.direction ?? "inactive";
    return media.direction !== answerDirection(offered, direction);
  }
  const reversed: Direction | undefined = theirs && reverseDirection(theirs.direction);
  return media.direction !== direction && reversed !== direction;
}

/** Whether a section names just these streams; a track without any has "-" (RFC 8830 section 2). */
function hasMsids({ attributes }: MediaDescription, wanted: readonly string[]): boolean {
  const ids = findAll(attributes, "msid").map(({ value }) => parseMsid(value)?.streamId)
    .filter((id) => id !== undefined);
  if (ids.length === 0) return false;
  const named = new Set(ids.filter((id) => id !== "-"));
  return named.size === wanted.length && wanted.every((id) => named.has(id));
}
