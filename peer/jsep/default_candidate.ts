import { parseCandidate } from "../../ice/mod.ts";
import { canonicalIp } from "../../core/wire/mod.ts";
import { type Connection, findAll, type MediaDescription } from "../../sdp/mod.ts";

/** Types whose candidates are the most likely to work with a peer that knows no ICE (RFC 5245 section 4.1.4), the best first. */
const PREFERENCE = ["relay", "srflx", "prflx", "host"] as const;

/** What stands for an address where none is known yet, or none may be told (RFC 9429 section 5.2.1). */
const NOWHERE: { port: number; connection: Connection } = {
  port: 9,
  connection: { netType: "IN", addrType: "IP4", address: "0.0.0.0" },
};

/** A section whose port and `c=` line are those of its default candidate (RFC 8839 section 4.2.1.2, RFC 9429 section 5.2.2). */
export function withDefaultCandidate(media: MediaDescription): MediaDescription {
  if (media.port === 0) return media; // rejected, or bundle-only
  const { port, connection } = defaultOf(media) ?? NOWHERE;
  return { ...media, port, connections: [connection] };
}

function defaultOf({ attributes }: MediaDescription): typeof NOWHERE | undefined {
  let best: { rank: number; port: number; connection: Connection } | undefined;
  for (const { value } of findAll(attributes, "candidate")) {
    const candidate = parseCandidate(`candidate:${value}`);
    if (candidate === undefined || candidate.component !== 1) continue;
    const { protocol, address, port, type } = candidate;
    // A name that hides an address tells nothing to those who can't look it up.
    if (protocol !== "udp" || canonicalIp(address) === undefined) continue;
    const addrType = address.includes(":") ? "IP6" : "IP4";
    const rank = 2 * PREFERENCE.indexOf(type) + (addrType === "IP6" ? 1 : 0);
    if (best !== undefined && best.rank <= rank) continue;
    best = { rank, port, connection: { netType: "IN", addrType, address } };
  }
  return best;
}
