import type { Millis } from "../core/stage/mod.ts";
import { ipVersion, parseIp, type TransportAddress } from "../core/wire/mod.ts";

/** Where a candidate's address comes from (RFC 8445 section 5.1.1). */
export type IceCandidateType = "host" | "srflx" | "prflx" | "relay";

/** Of these, what an agent can look for by itself. */
export type GatheredType = Exclude<IceCandidateType, "prflx">;

/** How a TCP candidate connects (RFC 6544 section 4.5). */
export type IceTcpType = "active" | "passive" | "so";

/** What carries the conversation with a TURN server. */
export type IceRelayProtocol = "udp" | "tcp" | "tls";

/** A candidate as it is exchanged with the peer (RFC 8839 section 5.1). */
export interface IceCandidate {
  /** Equal for candidates whose checks are likely to fare alike (RFC 8445 section 5.1.1.3). */
  readonly foundation: string;
  /** 1 for RTP and everything multiplexed with it, 2 for RTCP of its own. */
  readonly component: 1 | 2;
  /** The transport protocol. */
  readonly protocol: "udp" | "tcp";
  /** 0 to 2^32 - 1; greater is better (RFC 8445 section 5.1.2). */
  readonly priority: number;
  /** An IP literal or, in one that was parsed, perhaps a `.local` name. */
  readonly address: string;
  /** 0 to 65535. */
  readonly port: number;
  /** Host, server-reflexive, peer-reflexive or relayed. */
  readonly type: IceCandidateType;
  /** The base of a reflexive candidate, the mapped address of a relayed one; for diagnostics only. */
  readonly relatedAddress?: string;
  /** The port of the related address. */
  readonly relatedPort?: number;
  /** For TCP only. */
  readonly tcpType?: IceTcpType;
  /** The session that it belongs to. */
  readonly usernameFragment?: string;
  /** The server that a reflexive or relayed candidate was got from; never sent to the peer. */
  readonly url?: string;
  /** What a relayed candidate's server is spoken to over; never sent to the peer. */
  readonly relayProtocol?: IceRelayProtocol;
  /** Extension attributes that nobody here interprets, in their order. */
  readonly extensions?: readonly (readonly [name: string, value: string])[];
}

/** RFC 8445 section 5.1.2.2. */
const TYPE_PREFERENCES: Record<IceCandidateType, number> = {
  host: 126,
  prflx: 110,
  srflx: 100,
  relay: 0,
};

/** RFC 6544 section 4.2: data that has to wait for what was lost before it is the worse choice, yet better than a relay. */
const TCP_TYPE_PREFERENCES: Record<IceCandidateType, number> = {
  host: 90,
  prflx: 80,
  srflx: 70,
  relay: 0,
};

/** The greatest local preference, that of the only or the best address (RFC 8445 section 5.1.2.1). */
export const MAX_LOCAL_PREFERENCE = 65535;

/** The recommended formula (RFC 8445 section 5.1.2.1). */
export function candidatePriority(
  type: IceCandidateType,
  localPreference: number,
  component: number,
  protocol: "udp" | "tcp" = "udp",
): number {
  const preferences = protocol === "udp" ? TYPE_PREFERENCES : TCP_TYPE_PREFERENCES;
  return preferences[type] * 2 ** 24 + localPreference * 2 ** 8 + (256 - component);
}

/** Sends to peers from a relayed address. */
export interface Relay {
  /** Sends one datagram. */
  send(data: Uint8Array, peer: TransportAddress): void;
  /** Data will go to this peer, so a short way of sending to it is worth while. To be called as often as one likes. */
  bind(peer: TransportAddress, now: Millis): void;
}

/** A candidate of this side, with the address that its packets leave from (RFC 8445 section 4, "base"). */
export interface LocalCandidate {
  /** As announced: its address may be an mDNS name. */
  readonly candidate: IceCandidate;
  /** The literal transport address. */
  readonly address: TransportAddress;
  /** What a check from this candidate is sent from. */
  readonly base: TransportAddress;
  /** Orders candidates of the same type (RFC 8445 section 5.1.2.1). */
  readonly localPreference: number;
  /** Of a relayed candidate, the way out. */
  readonly relay?: Relay;
  /** Whether the peer is not told of it: checks of its own are sent from there all the same. */
  readonly unannounced?: boolean;
}

/** A candidate of the peer. What signalling says later of one learnt from a check replaces what was guessed. */
export interface RemoteCandidate {
  /** As signalled, or as learnt. */
  candidate: IceCandidate;
  /** The literal transport address. */
  readonly address: TransportAddress;
}

/** RFC 6544 section 4.2: of TCP candidates those that connect come first, since they cross NATs. */
export function tcpLocalPreference(tcpType: IceTcpType, other: number): number {
  return DIRECTION_PREFERENCES[tcpType] * 2 ** 13 + other;
}

const DIRECTION_PREFERENCES: Record<IceTcpType, number> = { active: 6, passive: 4, so: 2 };

/** Whether a pair of such candidates is checked: over TCP only from one that connects (RFC 6544 section 6.2). */
export function canCheck(local: IceCandidate, remote: IceCandidate): boolean {
  return local.protocol === "udp" || (local.tcpType === "active" && remote.tcpType === "passive") ||
    (local.tcpType === "so" && remote.tcpType === "so");
}

/** Whether a check can go from one address to the other (RFC 8445 section 6.1.2.2). */
export function canPair(local: TransportAddress, remote: TransportAddress): boolean {
  return local.protocol === remote.protocol && ipVersion(local.ip) === ipVersion(remote.ip) &&
    isLinkLocal(local.ip) === isLinkLocal(remote.ip);
}

/** Only those of IPv6: fe80::/10 (RFC 4291 section 2.5.6). */
function isLinkLocal(ip: string): boolean {
  const bytes = parseIp(ip);
  return bytes?.length === 16 && bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80;
}

/** Assigns foundations: the same for the same type, base IP, server IP and protocol (RFC 8445 section 5.1.1.3). */
export class Foundations {
  readonly #known = new Map<string, string>();

  /** The foundation of a candidate; `serverIp` is where a reflexive or relayed one was got. */
  of(type: IceCandidateType, base: TransportAddress, serverIp = ""): string {
    const key = `${type} ${base.protocol} ${base.ip} ${serverIp}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const foundation = String(this.#known.size + 1);
    this.#known.set(key, foundation);
    return foundation;
  }
}
