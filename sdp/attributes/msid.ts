import { fieldsOf } from "../grammar.ts";

/** The stream and track of a section (RFC 8830 section 2). */
export interface Msid {
  /** The stream's id; "-" for a track that is in none. */
  readonly streamId: string;
  /** The track's id, which newer peers leave out. */
  readonly trackId?: string;
}

/** `a=msid-semantic`: left over from a draft of RFC 8830, still written by both browsers. */
export interface MsidSemantic {
  /** "WMS". */
  readonly semantic: string;
  /** Ids of streams, or "*" for all. */
  readonly streamIds: readonly string[];
}

/** Parses the value of `a=msid`: `<stream id> [<track id>]` (RFC 8830 section 2). */
export function parseMsid(value: string | undefined): Msid | undefined {
  if (value === undefined) return undefined;
  const [streamId, trackId, ...more] = fieldsOf(value);
  if (streamId === undefined || more.length > 0) return undefined;
  return trackId === undefined ? { streamId } : { streamId, trackId };
}

/** Writes the value of `a=msid`. */
export function writeMsid({ streamId, trackId }: Msid): string {
  return trackId === undefined ? streamId : `${streamId} ${trackId}`;
}

/** Parses the value of `a=msid-semantic`, before which Chromium puts a space. */
export function parseMsidSemantic(value: string | undefined): MsidSemantic | undefined {
  if (value === undefined) return undefined;
  const [semantic, ...streamIds] = fieldsOf(value);
  return semantic === undefined ? undefined : { semantic, streamIds };
}

/** Writes the value of `a=msid-semantic`, with Chromium's space. */
export function writeMsidSemantic({ semantic, streamIds }: MsidSemantic): string {
  return ["", semantic, ...streamIds].join(" ");
}
