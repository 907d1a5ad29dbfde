import type { IceParameters } from "../../ice/mod.ts";
import { groupsOf, type SessionDescription, type Setup, setupOf } from "../../sdp/mod.ts";
import {
  answerBundle,
  answerLipSync,
  answerMedia,
  type BundlePolicy,
  type MediaWishes,
  type Numbering,
  readSections,
  type UnboundMedia,
  writeMediaSection,
} from "./media/mod.ts";
import {
  dataSectionIndex,
  isRejected,
  type LocalEnd,
  midOf,
  transportSection,
  writeDataSection,
  writeDescription,
  writeRejectedSection,
} from "./sections.ts";

/** What an answer is made of. */
export interface AnswerOptions {
  readonly version: number;
  /** What is answered. */
  readonly offer: SessionDescription;
  readonly policy: BundlePolicy;
  readonly numbering: Numbering;
  /** What the transceiver of a section wants; undefined if there is none, or it is stopped. */
  readonly wishesOf: (mid: string) => MediaWishes | undefined;
  /** Called for the sections that speak for a transport: its credentials, and its role in a DTLS association that exists already. */
  readonly transportOf: (
    mid: string,
  ) => { readonly ice: IceParameters; readonly dtlsRole: "client" | "server" | undefined };
}

/** Makes an answer (RFC 9429 section 5.3): the first data section is accepted, and each media section whose codecs we have. */
export function createAnswer(end: LocalEnd, options: AnswerOptions): SessionDescription {
  const { offer, policy, numbering, wishesOf, version } = options;
  const data = dataSectionIndex(offer);
  const answered = readSections(offer).map((section) => {
    const wishes = section && wishesOf(section.mid);
    return wishes && answerMedia(section, wishes, numbering);
  });
  const mids = offer.media.map((_, index) => midOf(offer, index));
  const { groups, roles } = answerBundle(
    offer.media.map((section, index) => ({
      mid: mids[index]!,
      kind: section.kind,
      isRejected: isRejected(section),
      isAcceptable: index === data || answered[index] !== undefined,
    })),
    groupsOf(offer, "BUNDLE"),
    policy,
  );
  const media = offer.media.map((section, index) => {
    const mid = mids[index]!;
    if (roles[index] === "rejected") return writeRejectedSection(section, mid);
    const transport = roles[index] === "own" ? transportOf(end, options, index) : undefined;
    const place = transport === undefined ? {} : { transport };
    return index === data
      ? writeDataSection(end, { mid, offered: section, ...place })
      : writeMediaSection({ ...answered[index]!, ...place });
  });
  return writeDescription(end, version, media, [
    ...groups,
    ...answerLipSync(
      groupsOf(offer, "LS"),
      answered.filter((section, index): section is UnboundMedia =>
        section !== undefined && roles[index] !== "rejected"
      ).map(({ mid, msids }) => ({
        mid,
        streamIds: msids.map(({ streamId }) => streamId).filter((id) => id !== "-"),
      })),
    ),
  ]);
}

function transportOf(end: LocalEnd, { offer, transportOf }: AnswerOptions, index: number) {
  const { ice, dtlsRole } = transportOf(midOf(offer, index));
  const offered = setupOf(offer, transportSection(offer, index)) ?? "actpass";
  const setup = answerSetup(offered, dtlsRole ?? end.dtlsRole);
  const { fingerprints, iceRenomination } = end;
  return { ice, fingerprints, setup, iceRenomination };
}

/** The role that is taken (RFC 8842 section 5.3): active where there is a choice, which saves a round trip. */
function answerSetup(offered: Setup, dtlsRole: "client" | "server" | undefined): Setup {
  if (offered === "active") return "passive";
  if (offered === "passive") return "active";
  return dtlsRole === "server" ? "passive" : "active";
}
