import {
  findAll,
  type MediaDescription,
  type Msid,
  parseMsid,
  parseSsrc,
  parseSsrcGroup,
} from "../../../sdp/mod.ts";

/** An RTP source that a peer announces (RFC 5576), along with those that repeat or protect it. */
export interface RemoteSource {
  /** 32 bits. */
  readonly ssrc: number;
  readonly cname?: string;
  /** What Chromium wrote before `a=msid` was a line of its own. */
  readonly msid?: Msid;
  /** The source of its retransmissions: "FID" (RFC 5576 section 4.2). */
  readonly rtx?: number;
  /** The source that protects it: "FEC-FR" (RFC 5956 section 4.3). */
  readonly fec?: number;
}

/** Sources that we look at: many times those of the largest simulcast. */
const MAX_SOURCES = 512;

/** The sources of a section that carry media, in order. */
export function readSources(media: MediaDescription): RemoteSource[] {
  const sources = new Map<number, { ssrc: number; cname?: string; msid?: Msid }>();
  for (const { value } of findAll(media.attributes, "ssrc")) {
    const line = parseSsrc(value);
    if (line === undefined) continue;
    let source = sources.get(line.ssrc);
    if (source === undefined) {
      if (sources.size >= MAX_SOURCES) continue;
      sources.set(line.ssrc, source = { ssrc: line.ssrc });
    }
    if (line.name === "cname" && line.value !== undefined) source.cname = line.value;
    const msid = line.name === "msid" ? parseMsid(line.value) : undefined;
    if (msid !== undefined) source.msid = msid;
  }
  const repaired = { FID: new Map<number, number>(), "FEC-FR": new Map<number, number>() };
  for (const { value } of findAll(media.attributes, "ssrc-group").slice(0, MAX_SOURCES)) {
    const group = parseSsrcGroup(value);
    if (group?.semantics !== "FID" && group?.semantics !== "FEC-FR") continue;
    const [ssrc, repair] = group.ssrcs;
    if (ssrc !== undefined && repair !== undefined) repaired[group.semantics].set(ssrc, repair);
  }
  const repairing = new Set([...repaired.FID.values(), ...repaired["FEC-FR"].values()]);
  return [...sources.values()].filter(({ ssrc }) => !repairing.has(ssrc)).map((source) => {
    const rtx = repaired.FID.get(source.ssrc);
    const fec = repaired["FEC-FR"].get(source.ssrc);
    return { ...source, ...(rtx !== undefined && { rtx }), ...(fec !== undefined && { fec }) };
  });
}
