/**
 * What makes a remote description wrong though each line of it is well-formed. A fault is a text that says what is wrong.
 *
 * @module
 */
import type { Group } from "../../../sdp/mod.ts";
import { isAnswerTo } from "./directions.ts";
import { KNOWN_EXTENSIONS } from "./header_extensions.ts";
import { collidesWithRtcp } from "./payload_types.ts";
import type { RemoteMedia } from "./remote_media.ts";

/** What is wrong with the sections of a description by themselves and within their bundles. */
export function mediaFault(
  sections: readonly RemoteMedia[],
  groups: readonly Group[],
): string | undefined {
  const alive = sections.filter(({ isRejected }) => !isRejected);
  for (const section of alive) {
    const fault = sectionFault(section);
    if (fault !== undefined) return fault;
  }
  const byMid = new Map(alive.map((section) => [section.mid, section]));
  for (const { mids } of groups) {
    const members = mids.map((mid) => byMid.get(mid)).filter((section) => section !== undefined);
    const fault = bundleFault(members);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function sectionFault(section: RemoteMedia): string | undefined {
  const { mid, formats, extensions, simulcast, rids } = section;
  for (const { payloadType } of formats) {
    // RFC 5761 section 4
    if (section.rtcpMux && collidesWithRtcp(payloadType)) {
      return `Section ${mid} has payload type ${payloadType}, which could be taken for RTCP`;
    }
  }
  if (section.rtcpMuxOnly && !section.rtcpMux) {
    return `Section ${mid} has a=rtcp-mux-only without a=rtcp-mux`; // RFC 9429 section 5.8.3
  }
  const uris = new Map<number, string>();
  for (const { id, uri } of extensions) {
    const other = uris.get(id);
    // RFC 8285 section 7: ids from 4096 on are not ids yet, and may be shared.
    if (id < 4096 && other !== undefined && other !== uri) {
      return `Section ${mid} has two header extensions with id ${id}`;
    }
    uris.set(id, uri);
  }
  const known = new Set(rids.map(({ id }) => id));
  const used = [...simulcast?.send ?? [], ...simulcast?.recv ?? []].flat();
  const unknown = used.find(({ rid }) => !known.has(rid));
  // RFC 9429 section 5.8.3
  return unknown && `Section ${mid} has simulcast with ${unknown.rid}, for which there is no a=rid`;
}

/**
 * RFC 9143 section 12: one id, one header extension.
 *
 * Deviation: section 9.1.1 asks the same of payload types. Firefox gives sections that it adds the numbers of its own defaults, whatever
 * they stand for in the rest of the bundle; Chromium takes that, and so do we: packets tell their section by mid or source.
 */
function bundleFault(sections: readonly RemoteMedia[]): string | undefined {
  const uris = new Map<number, string>();
  for (const { mid, extensions } of sections) {
    for (const { id, uri } of extensions) {
      if (id < 4096 && (uris.get(id) ?? uri) !== uri) {
        return `Section ${mid} uses header extension id ${id} otherwise than the rest of its bundle`;
      }
      uris.set(id, uri);
    }
  }
  return undefined;
}

/**
 * Whether ids have got another meaning since an earlier description of the same section (RFC 8285 section 7). What we don't know was
 * never in use, and may change.
 */
export function extensionFault(
  before: Pick<RemoteMedia, "extensions">,
  after: Pick<RemoteMedia, "mid" | "extensions">,
): string | undefined {
  const uris = new Map(
    before.extensions.filter(({ uri }) => KNOWN_EXTENSIONS.has(uri)).map((
      { id, uri },
    ) => [id, uri]),
  );
  const changed = after.extensions.find(({ id, uri }) =>
    id < 4096 && (uris.get(id) ?? uri) !== uri
  );
  return changed && `Section ${after.mid} gives header extension id ${changed.id} another meaning`;
}

/** What is wrong with an answer's section for an offer's (RFC 9429 sections 5.8.3 and 5.11, RFC 3264 section 6). */
export function answerFault(offered: RemoteMedia, answered: RemoteMedia): string | undefined {
  const { mid } = answered;
  if (answered.protocol !== offered.protocol) return `Section ${mid} answers with another protocol`;
  if (answered.isRejected) return undefined;
  if (offered.isRejected) return `Section ${mid} accepts what was not offered`;
  if (!isAnswerTo(offered.direction, answered.direction)) {
    return `Section ${mid} answers ${offered.direction} with ${answered.direction}`;
  }
  return extensionFault(offered, answered);
}
