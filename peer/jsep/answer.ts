import type { IceParameters } from "../../ice/mod.ts";
import { groupsOf, type SessionDescription, type Setup, setupOf } from "../../sdp/mod.ts";
import {
  dataSectionIndex,
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
  readonly ice: IceParameters;
  /** The role that this end has in a DTLS association that exists already. */
  readonly dtlsRole: "client" | "server" | undefined;
}

/** Makes an answer (RFC 9429 section 5.3): the first data section is accepted, everything else refused. */
export function createAnswer(
  end: LocalEnd,
  { version, offer, ice, dtlsRole }: AnswerOptions,
): SessionDescription {
  const accepted = dataSectionIndex(offer);
  const media = offer.media.map((section, index) => {
    const mid = midOf(offer, index);
    if (index !== accepted) return writeRejectedSection(section, mid);
    const offered = setupOf(offer, transportSection(offer, index)) ?? "actpass";
    const setup = answerSetup(offered, dtlsRole ?? end.dtlsRole);
    return writeDataSection(end, {
      mid,
      offered: section,
      transport: { ice, fingerprints: end.fingerprints, setup },
    });
  });
  const mid = accepted < 0 ? undefined : midOf(offer, accepted);
  const isBundled = mid !== undefined &&
    groupsOf(offer, "BUNDLE").some((group) => group.mids.includes(mid));
  return writeDescription(end, version, media, [
    { semantics: "BUNDLE", mids: isBundled ? [mid] : [] },
  ]);
}

/** The role that is taken (RFC 8842 section 5.3): active where there is a choice and no wish, which saves a round trip. */
function answerSetup(offered: Setup, dtlsRole: "client" | "server" | undefined): Setup {
  if (offered === "active") return "passive";
  if (offered === "passive") return "active";
  return dtlsRole === "server" ? "passive" : "active";
}
