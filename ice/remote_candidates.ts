import { canonicalIp, sameAddress, type TransportAddress } from "../core/wire/mod.ts";
import type { IceCandidate, RemoteCandidate } from "./candidate.ts";
import type { IceContext } from "./context.ts";
import { isUnicast } from "./unicast.ts";

/** Candidates of the peer in one session, learnt ones among them. Browsers send a dozen. */
export const MAX_REMOTE_CANDIDATES = 100;

/** What is known of the peer's candidates in one ICE session. */
export class RemoteCandidates {
  readonly #context: IceContext;
  #list: RemoteCandidate[] = [];
  #learnt = 0;

  constructor(context: IceContext) {
    this.#context = context;
  }

  /** In the order in which they became known. */
  get list(): readonly RemoteCandidate[] {
    return this.#list;
  }

  /** The candidate of this address. */
  find(address: TransportAddress): RemoteCandidate | undefined {
    return this.#list.find((candidate) => sameAddress(candidate.address, address));
  }

  /** Takes a candidate that was signalled. Returns it if it is new, or if it tells more of one that was learnt from a check. */
  signal(candidate: IceCandidate): RemoteCandidate | undefined {
    const address = this.#usableAddress(candidate);
    if (address === undefined) return undefined;
    const known = this.find(address);
    if (known === undefined) return this.#add({ candidate, address });
    // RFC 8445 section 5.1.3: of one address the best counts; but what was signalled beats what a check made look so.
    if (known.candidate.type !== "prflx") return undefined;
    known.candidate = candidate;
    return known;
  }

  /** Learns a peer-reflexive candidate from an authenticated check that came to this candidate of ours (RFC 8445 section 7.3.1.3). */
  learn(
    address: TransportAddress,
    priority: number,
    local: IceCandidate,
  ): RemoteCandidate | undefined {
    const { ip, port, protocol } = address;
    // RFC 8445 section 7.3.1.3: a foundation that no other remote candidate has.
    const foundation = `prflx${++this.#learnt}`;
    // RFC 6544 section 7.2: to one that listens only active ones connect.
    const tcp = protocol === "tcp"
      ? { tcpType: local.tcpType === "so" ? "so" as const : "active" as const }
      : {};
    return this.#add({
      candidate: {
        foundation,
        component: 1,
        protocol,
        priority,
        address: ip,
        port,
        type: "prflx",
        ...tcp,
      },
      address,
    });
  }

  /** Forgets them all. */
  clear(): void {
    this.#list = [];
  }

  /** Drops those that name another session than `usernameFragment`'s. */
  keepSession(usernameFragment: string): void {
    this.#list = this.#list.filter(({ candidate }) =>
      candidate.usernameFragment === undefined || candidate.usernameFragment === usernameFragment
    );
  }

  #add(candidate: RemoteCandidate): RemoteCandidate | undefined {
    if (this.#list.length >= MAX_REMOTE_CANDIDATES) {
      this.#context.discards.add("too many remote candidates");
      return undefined;
    }
    this.#list.push(candidate);
    return candidate;
  }

  #usableAddress({ protocol, component, address, port, tcpType }: IceCandidate):
    | TransportAddress
    | undefined {
    const { discards } = this.#context;
    const ip = canonicalIp(address);
    // Active ones show themselves by connecting.
    if (protocol === "tcp" && tcpType !== "passive" && tcpType !== "so") {
      discards.add("TCP candidate");
    } else if (component !== 1) discards.add("candidate of component 2");
    else if (ip === undefined || port === 0 || !isUnicast(ip)) {
      // A peer must not make this agent send to groups of hosts (RFC 8445 section 19.5.1).
      discards.add("candidate without a usable address");
    } else return { ip, port, protocol };
    return undefined;
  }
}
