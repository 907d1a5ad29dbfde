import type { Millis } from "../../core/stage/mod.ts";
import { addressKey, ipVersion, type TransportAddress } from "../../core/wire/mod.ts";
import type { Drop, Packet } from "./packet.ts";

/** How far a NAT looks at the other end (RFC 4787 sections 4.1 and 5). */
export type Dependence =
  | "endpoint-independent"
  | "address-dependent"
  | "address-and-port-dependent";

/** What a NAT does (RFC 4787). */
export interface NatBehavior {
  /** When a second destination gets a mapping of its own (RFC 4787 section 4.1). */
  mapping: Dependence;
  /** Who may send to a mapping (RFC 4787 section 5). */
  filtering: Dependence;
  /** Whether inside hosts reach one another by their outside addresses (RFC 4787 section 6). */
  hairpinning: boolean;
  /** How long a mapping outlives the last packet from inside (RFC 4787 section 4.3: two minutes and more). */
  lifetime: Millis;
}

/** The kinds by their old names (RFC 3489 section 5), and the RFC 4787 behaviour that each stands for. */
export const NAT_KINDS = {
  "full-cone": { mapping: "endpoint-independent", filtering: "endpoint-independent" },
  "address-restricted": { mapping: "endpoint-independent", filtering: "address-dependent" },
  "port-restricted": { mapping: "endpoint-independent", filtering: "address-and-port-dependent" },
  "symmetric": { mapping: "address-and-port-dependent", filtering: "address-and-port-dependent" },
} as const;

/** A kind of NAT, or "none": a router that translates nothing. */
export type NatKind = keyof typeof NAT_KINDS | "none";

interface Mapping {
  readonly inside: TransportAddress;
  readonly port: number;
  readonly permitted: Set<string>;
  expires: Millis;
}

/** The translation table of one NAT. */
export class Translator {
  /** May be changed while it runs. */
  readonly behavior: NatBehavior;
  readonly #outside: string;
  readonly #byInside = new Map<string, Mapping>();
  readonly #byPort = new Map<number, Mapping>();
  #nextPort: number;

  constructor(outside: string, behavior: NatBehavior, firstPort: number) {
    this.#outside = outside;
    this.behavior = behavior;
    this.#nextPort = firstPort;
  }

  /** Forgets every mapping, as a NAT that is switched off and on does. */
  reset(): void {
    this.#byInside.clear();
    this.#byPort.clear();
  }

  /** A packet from inside as the outside sees it. */
  outbound(packet: Packet, now: Millis): Packet | Drop {
    if (ipVersion(packet.destination.ip) !== ipVersion(this.#outside)) return "no-route";
    const { mapping: dependence, filtering, lifetime } = this.behavior;
    const key = `${addressKey(packet.source)} ${far(packet.destination, dependence)}`;
    let mapping = this.#byInside.get(key);
    if (mapping === undefined || mapping.expires <= now) {
      if (mapping !== undefined) this.#byPort.delete(mapping.port);
      mapping = { inside: packet.source, port: this.#freePort(), permitted: new Set(), expires: 0 };
      this.#byInside.set(key, mapping);
      this.#byPort.set(mapping.port, mapping);
    }
    mapping.permitted.add(far(packet.destination, filtering));
    mapping.expires = now + lifetime; // RFC 4787 section 4.3: packets from inside refresh it
    return { ...packet, source: { ip: this.#outside, port: mapping.port, protocol: "udp" } };
  }

  /** A packet that reached the outside address, as the inside sees it. */
  inbound(packet: Packet, now: Millis): Packet | Drop {
    const mapping = this.#byPort.get(packet.destination.port);
    if (mapping === undefined || mapping.expires <= now) return "filtered";
    if (!mapping.permitted.has(far(packet.source, this.behavior.filtering))) return "filtered";
    return { ...packet, destination: mapping.inside };
  }

  #freePort(): number {
    while (this.#byPort.has(this.#nextPort)) this.#nextPort = next(this.#nextPort);
    const port = this.#nextPort;
    this.#nextPort = next(port);
    return port;
  }
}

function next(port: number): number {
  return port >= 65_535 ? 1024 : port + 1;
}

function far({ ip, port }: TransportAddress, dependence: Dependence): string {
  if (dependence === "endpoint-independent") return "";
  return dependence === "address-dependent" ? ip : `${ip} ${port}`;
}
