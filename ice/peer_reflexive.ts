import { sameAddress, type TransportAddress } from "../core/wire/mod.ts";
import type { LocalCandidate } from "./candidate.ts";
import type { Check } from "./candidate_pair.ts";
import type { StunAddress } from "./stun/mod.ts";

/**
 * The candidate of this side that the peer sees, as its answer to a check tells: one of those that there are, else a peer-reflexive one
 * (RFC 8445 section 7.2.5.3.1).
 */
export function localSeenAs(
  { ip, port }: StunAddress,
  { pair, priority }: Check,
  locals: readonly LocalCandidate[],
  usernameFragment: string,
): LocalCandidate {
  const { base, localPreference, candidate } = pair.localCandidate;
  const { protocol } = base;
  const address: TransportAddress = { ip, port, protocol };
  const known = locals.find((local) =>
    sameAddress(local.address, address) && sameAddress(local.base, base)
  );
  if (known !== undefined) return known;
  const { tcpType } = candidate;
  return {
    candidate: {
      foundation: `${candidate.foundation}prflx`,
      component: 1,
      protocol,
      priority,
      address: ip,
      port,
      type: "prflx",
      relatedAddress: base.ip,
      relatedPort: base.port,
      ...(tcpType && { tcpType }),
      usernameFragment,
    },
    address,
    base,
    localPreference,
  };
}
