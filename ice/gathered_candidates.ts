import type { TransportAddress } from "../core/wire/mod.ts";
import type { Base } from "./base.ts";
import {
  candidatePriority,
  type Foundations,
  type IceCandidate,
  type IceRelayProtocol,
  type LocalCandidate,
  MAX_LOCAL_PREFERENCE,
  type Relay,
  tcpLocalPreference,
} from "./candidate.ts";
import type { StunAddress } from "./stun/mod.ts";
import type { RelayAttempt } from "./turn/relay_attempt.ts";

/** STUN servers and TURN servers of one agent, of each. */
export const MAX_SERVERS = 8;

/** What a relay that is reached this way is less preferred by: the more there is on the way, the more it costs. */
const RELAY_PENALTIES: Record<IceRelayProtocol, number> = { udp: 0, tcp: 0x4000, tls: 0x8000 };

/** The greatest "other preference" of a TCP candidate (RFC 6544 section 4.2). */
const MAX_OTHER_PREFERENCE = 2 ** 13 - 1;

/** What a candidate of this side was got from. */
interface Source {
  readonly url: string;
  readonly serverIp: string;
  readonly serverIndex: number;
}

/** Writes the candidates of one ICE session (RFC 8445 section 5.1.1). */
export class GatheredCandidates {
  readonly #foundations: Foundations;
  readonly #usernameFragment: string;
  /** Whether no address of this machine may be told (RFC 8828 section 5.2). */
  hideAddresses = false;

  constructor(foundations: Foundations, usernameFragment: string) {
    this.#foundations = foundations;
    this.#usernameFragment = usernameFragment;
  }

  /** RFC 8445 section 5.1.1.1. */
  host({ address, index, hostName, tcpType }: Base, relay?: Relay): LocalCandidate {
    const localPreference = tcpType === undefined
      ? MAX_LOCAL_PREFERENCE - index
      : tcpLocalPreference(tcpType, MAX_OTHER_PREFERENCE - index);
    const foundation = this.#foundations.of("host", address);
    const shown = { ip: hostName ?? address.ip, port: address.port };
    const udp = this.#candidate("host", foundation, localPreference, shown);
    const priority = candidatePriority("host", localPreference, 1, "tcp");
    const candidate = tcpType === undefined
      ? udp
      : { ...udp, protocol: "tcp" as const, tcpType, priority };
    return { candidate, address, base: address, localPreference, ...(relay && { relay }) };
  }

  /** RFC 8445 section 5.1.1.2. */
  reflexive(
    base: Base,
    mapped: StunAddress,
    { url, serverIp, serverIndex }: Source,
  ): LocalCandidate {
    const { address, index } = base;
    const localPreference = MAX_LOCAL_PREFERENCE - index * MAX_SERVERS - serverIndex;
    const foundation = this.#foundations.of("srflx", address, serverIp);
    // An mDNS name would be pointless beside the address that it hides.
    const related = base.hostName === undefined ? address : unspecified(mapped.ip);
    const candidate = this.#candidate("srflx", foundation, localPreference, mapped, related);
    const { protocol } = address;
    return {
      candidate: { ...candidate, url },
      address: { ip: mapped.ip, port: mapped.port, protocol },
      base: address,
      localPreference,
    };
  }

  /** One for each address that a TURN server has allocated. It is its own base (RFC 8445 section 5.1.1.2). */
  relayed({ allocation, server, serverIndex, base }: RelayAttempt): LocalCandidate[] {
    const relayProtocol = server.tls ? "tls" : server.address.protocol;
    const preference = MAX_LOCAL_PREFERENCE - RELAY_PENALTIES[relayProtocol] -
      (base?.index ?? 0) * MAX_SERVERS - serverIndex;
    // Of paths to the same server by different protocols one may fail where the other does not.
    const serverIp = `${allocation!.path.remote.ip} ${relayProtocol}`;
    return allocation!.relayed.map((address, i) => {
      const localPreference = preference - i * 0x2000;
      const mapped = allocation!.mapped;
      const hidden = mapped === undefined || this.hideAddresses || base?.hostName !== undefined;
      const related = hidden ? unspecified(address.ip) : mapped;
      const foundation = this.#foundations.of("relay", address, serverIp);
      const candidate = this.#candidate("relay", foundation, localPreference, address, related);
      return {
        candidate: { ...candidate, url: server.url, relayProtocol },
        address,
        base: address,
        localPreference,
        relay: allocation!,
      };
    });
  }

  #candidate(
    type: "host" | "srflx" | "relay",
    foundation: string,
    localPreference: number,
    address: StunAddress,
    related?: StunAddress,
  ): IceCandidate {
    return {
      foundation,
      component: 1,
      protocol: "udp",
      priority: candidatePriority(type, localPreference, 1),
      address: address.ip,
      port: address.port,
      type,
      ...(related && { relatedAddress: related.ip, relatedPort: related.port }),
      usernameFragment: this.#usernameFragment,
    };
  }
}

function unspecified(ip: string): Pick<TransportAddress, "ip" | "port"> {
  return { ip: ip.includes(":") ? "::" : "0.0.0.0", port: 0 };
}
