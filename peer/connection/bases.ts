import type { TransportAddress } from "../../core/mod.ts";
import type { IceBaseOptions } from "../../ice/mod.ts";
import { type DatagramSocket, interleaveFamilies } from "../../transport/mod.ts";
import type { Configuration } from "./configuration.ts";
import { iceServers } from "./servers.ts";
import { HostNames } from "./host_names.ts";
import type { IceIo } from "./ice_io.ts";

/** At most this many addresses of the machine become bases: a host with hundreds of virtual interfaces gains nothing by more. */
const MAX_BASES = 16;
/** The port of an address that only connects (RFC 6544 section 4.5). */
const DISCARD_PORT = 9;
/** Stands for "whatever this machine has". */
const WILDCARD = "0.0.0.0";

interface OpenBase {
  /** The address of the machine that it was opened on. */
  readonly ip: string;
  /** What the agent knows it by. */
  readonly local: TransportAddress;
}

/** The bases of one ICE agent (RFC 8445 section 4), kept up with the addresses of this machine. */
export class Bases {
  readonly #io: IceIo;
  readonly #hostNames: HostNames;
  /** By what they are and the address: one of each. */
  readonly #open = new Map<string, OpenBase>();

  constructor(io: IceIo) {
    this.#io = io;
    this.#hostNames = new HostNames(io);
  }

  /** Closes those whose addresses have gone, and opens what can be opened and is not. Never rejects. */
  async update(configuration: Configuration): Promise<void> {
    const { network, listens, opensSimultaneously } = this.#io.environment;
    const { iceTransportPolicy } = configuration;
    const addresses = network.addresses();
    this.#retain(addresses);
    const ips = interleaveFamilies(addresses).slice(0, MAX_BASES);
    const relayOnly = iceTransportPolicy === "relay";
    if (!relayOnly || relaysOverUdp(configuration)) {
      for (const ip of ips) await this.#openSocket("udp", ip, {}, () => network.openUdp(ip));
    }
    if (relayOnly) return;
    for (const base of this.#activeBases(ips)) {
      await this.#add(`active ${base.local.ip}`, base, { tcpType: "active" });
    }
    for (const ip of listens ? ips : []) {
      await this.#openSocket("passive", ip, { tcpType: "passive" }, () => network.listenTcp?.(ip));
    }
    for (const ip of opensSimultaneously ? ips : []) {
      await this.#openSocket("so", ip, { tcpType: "so" }, () => network.openTcp?.(ip));
    }
  }

  /** The addresses that TCP connections to the peer are made from: those of the sockets, and those that UDP could not be had on. */
  #activeBases(ips: readonly string[]): OpenBase[] {
    const opened = [...this.#open.values()].filter(({ local }) => local.protocol === "udp");
    // What "whatever this machine has" is, only a UDP socket tells; without one the peer is not told either, and need not be.
    const others = ips.filter((ip) => ip !== WILDCARD || opened.length === 0);
    const local = (ip: string) => ({ ip, port: DISCARD_PORT, protocol: "tcp" as const });
    return [
      ...opened.map((base) => ({ ip: base.ip, local: local(base.local.ip) })),
      ...others.map((ip) => ({ ip, local: local(ip) })),
    ];
  }

  /** An address that has just gone is not one, and not every host can open everything. */
  async #openSocket(
    kind: string,
    ip: string,
    options: IceBaseOptions,
    open: () => Promise<DatagramSocket> | undefined,
  ): Promise<void> {
    const key = `${kind} ${ip}`;
    const { sockets, signal, run } = this.#io;
    if (signal.aborted || this.#open.has(key)) return;
    const socket = await open()?.catch(() => undefined);
    if (socket === undefined) return;
    if (signal.aborted) return socket.close();
    const { local } = socket;
    // A group that has closed closes it.
    sockets.add(socket, () => {
      this.#open.delete(key);
      run((agent, now) => agent.removeBase(local, now));
    });
    await this.#add(key, { ip, local }, options);
  }

  async #add(key: string, base: OpenBase, options: IceBaseOptions): Promise<void> {
    if (this.#open.has(key)) return;
    this.#open.set(key, base);
    const { hostName } = await this.#hostNames.of(base.local.ip);
    if (!this.#open.has(key)) return; // lost meanwhile
    const announced = hostName === undefined ? options : { ...options, hostName };
    this.#io.run((agent, now) => agent.addBase(base.local, now, announced));
  }

  /** What was opened on other addresses than these is closed, and so is whatever else leaves from there. */
  #retain(ips: readonly string[]): void {
    const { sockets, run } = this.#io;
    for (const [key, { ip, local }] of this.#open) {
      if (ips.includes(ip)) continue;
      this.#open.delete(key);
      for (const socket of sockets.sockets) {
        if (socket.local.ip === local.ip) sockets.remove(socket);
      }
      run((agent, now) => agent.removeBase(local, now));
    }
  }
}

function relaysOverUdp(configuration: Configuration): boolean {
  return iceServers(configuration).some(({ scheme, transport }) =>
    scheme === "turn" && transport === "udp"
  );
}
