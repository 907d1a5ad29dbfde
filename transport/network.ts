import { lookup } from "node:dns/promises";
import { type Clock, systemClock } from "../core/stage/clock.ts";
import { canonicalIp, ipVersion, type TransportAddress } from "../core/wire/address.ts";
import type { DatagramSocket } from "./datagram_socket.ts";
import { debug } from "./debug.ts";
import { usableAddresses } from "./interfaces.ts";
import { MdnsResolver } from "./mdns.ts";
import { type MdnsInterface, openMdnsPort } from "./mdns_port.ts";
import { MdnsResponder } from "./mdns_responder.ts";
import { ownAddress } from "./own_address.ts";
import type { TcpListener } from "./accepted_connections.ts";
import { listenTcp } from "./tcp_listener.ts";
import { openUdp } from "./udp.ts";
import { connectFrom } from "./node_tcp.ts";
import { SimultaneousOpen } from "./simultaneous_open.ts";
import { connectTcp, FramedTcpSocket, type TcpOptions, type TcpSocket } from "./tcp_socket.ts";
import type { UdpSocket } from "./udp_socket.ts";

/** Addresses of one name that are tried: a name server may send hundreds. */
const MAX_RESOLVED = 8;

/** Everything of the outside world that a peer connection runs on. Tests have a virtual one. */
export interface Network {
  /** Where time comes from. */
  readonly clock: Clock;
  /** The IP literals to open sockets on, at most 16. `0.0.0.0` stands for "whatever this machine has". */
  addresses(): string[];
  /**
   * Opens a UDP socket on an IP literal, on a port that the network chooses unless one is given; 0 asks for one that is nobody else's, even
   * where connections share one. Rejects if it can't be had.
   *
   * On `0.0.0.0` the socket's `local` tells the address by which this machine reaches others.
   */
  openUdp(ip: string, port?: number): Promise<DatagramSocket>;
  /** Connects to an IP literal over TCP, or over TLS. Rejects if that can't be had. */
  connectTcp(remote: TransportAddress, options: TcpOptions): Promise<TcpSocket>;
  /** Listens for TCP connections to an IP literal. Rejects if that can't be had; a network that can't listen at all leaves it out. */
  listenTcp?(ip: string, port?: number): Promise<DatagramSocket>;
  /**
   * Opens a TCP port on an IP literal from which connections are made to peers that make them to it at the same time. Rejects if that can't be
   * had; a network that can't connect from a port of its choice leaves it out.
   */
  openTcp?(ip: string, port?: number): Promise<DatagramSocket>;
  /** The IP literals of a host name, or of an IP literal itself; at most 8. Empty, never a rejection, if there are none. */
  resolve(host: string, family?: 4 | 6): Promise<string[]>;
  /** The IP literal of a `.local` name that hides a candidate's address; undefined if nobody answers, or once `signal` aborts. */
  resolveMdns(name: string, signal?: AbortSignal): Promise<string | undefined>;
  /**
   * A `.local` name for an address of this machine, which is answered for, where that is possible, until `signal` aborts. A network that
   * does not know of such names leaves it out.
   */
  publishMdns?(ip: string, signal: AbortSignal): Promise<string>;
}

/** How a network of the machine is set up. */
export interface SystemNetworkOptions {
  /** The IP literals to use, instead of asking the system; anything else in the list is left out. */
  readonly addresses?: readonly string[];
  /** Which network interfaces are used, by their names; all by default. */
  readonly interfaceFilter?: (name: string) => boolean;
  /** Certificate authorities in PEM that TLS connections trust besides the usual ones. */
  readonly caCerts?: readonly string[];
}

/**
 * The network of this machine.
 *
 * It asks for no permission: where `--allow-sys=networkInterfaces` is not given, it uses what the caller gave, else what a socket
 * can find out.
 *
 * @example
 * ```ts
 * import { SystemNetwork } from "@heron/webrtc/transport";
 * import { assertEquals } from "@std/assert";
 *
 * const network = new SystemNetwork({ addresses: ["127.0.0.1"] });
 * assertEquals(network.addresses(), ["127.0.0.1"]);
 * const socket = await network.openUdp("127.0.0.1");
 * assertEquals(socket.local.ip, "127.0.0.1");
 * socket.close();
 * ```
 */
export class SystemNetwork implements Network {
  readonly clock: Clock = systemClock;
  readonly #given: readonly string[] | undefined;
  readonly #interfaceFilter: (name: string) => boolean;
  readonly #caCerts: readonly string[];
  readonly #mdns: MdnsResolver;
  readonly #mdnsResponder: MdnsResponder;

  /** A network on the addresses that are given, else on those that the machine tells. */
  constructor(options: SystemNetworkOptions = {}) {
    this.#given = options.addresses?.map(canonicalIp).filter((ip) => ip !== undefined);
    this.#interfaceFilter = options.interfaceFilter ?? (() => true);
    this.#caCerts = options.caCerts ?? [];
    this.#mdns = new MdnsResolver({
      clock: this.clock,
      open: (receive) => openMdnsPort(this.#mdnsInterfaces(), receive),
    });
    this.#mdnsResponder = new MdnsResponder({
      clock: this.clock,
      open: (receive) => openMdnsPort(this.#mdnsInterfaces(), receive),
    });
  }

  addresses(): string[] {
    if (this.#given !== undefined) return [...this.#given];
    const interfaces = systemInterfaces();
    if (interfaces !== undefined) {
      return usableAddresses(interfaces.filter(({ name }) => this.#interfaceFilter(name)));
    }
    debug("transport", "No permission for networkInterfaces: using one wildcard socket");
    return ["0.0.0.0"];
  }

  async openUdp(ip: string, port = 0): Promise<UdpSocket> {
    return await openUdp({ ...await placeOf(ip), port });
  }

  async listenTcp(ip: string, port = 0): Promise<TcpListener> {
    return listenTcp({ ...await placeOf(ip), port, clock: this.clock });
  }

  async connectTcp(remote: TransportAddress, options: TcpOptions): Promise<TcpSocket> {
    const { tls } = options;
    if (tls === undefined) return await connectTcp(remote, options);
    const caCerts = [...this.#caCerts, ...tls.caCerts ?? []];
    return await connectTcp(remote, { ...options, tls: { ...tls, caCerts } });
  }

  async openTcp(ip: string, port = 0): Promise<DatagramSocket> {
    const place = await placeOf(ip);
    const local = {
      ip: place.shownIp ?? place.ip,
      port: freePort(place.ip, port),
      protocol: "tcp" as const,
    };
    return new SimultaneousOpen(local, this.clock, async (remote, signal) => {
      const connection = await connectFrom({ ...local, ip: place.ip }, remote, signal);
      return new FramedTcpSocket(connection, "rfc4571", { local, remote });
    });
  }

  async resolve(host: string, family?: 4 | 6): Promise<string[]> {
    const literal = canonicalIp(host);
    if (literal !== undefined) {
      return family === undefined || ipVersion(literal) === family ? [literal] : [];
    }
    try {
      const found = await lookup(host, { all: true, family: family ?? 0 });
      return found.map(({ address }) => canonicalIp(address)).filter((ip) => ip !== undefined)
        .slice(0, MAX_RESOLVED);
    } catch (error) {
      debug("transport", `${host} does not resolve: ${error}`);
      return [];
    }
  }

  resolveMdns(name: string, signal?: AbortSignal): Promise<string | undefined> {
    return this.#mdns.resolve(name, signal);
  }

  publishMdns(ip: string, signal: AbortSignal): Promise<string> {
    return this.#mdnsResponder.publish(ip, signal);
  }

  /** Link-local IPv6 needs the name of an interface beside its address. */
  #mdnsInterfaces(): MdnsInterface[] {
    const known = systemInterfaces() ?? [];
    return this.addresses().map((ip) => {
      const name = known.find(({ address }) => canonicalIp(address) === ip)?.name;
      return name === undefined ? { ip } : { ip, name };
    });
  }
}

/** The network of this machine, with all the addresses that it may know. */
export const systemNetwork: Network = new SystemNetwork();

/** Where to bind, and what to call it. */
async function placeOf(ip: string): Promise<{ ip: string; shownIp?: string }> {
  const canonical = canonicalIp(ip);
  if (canonical === undefined) throw new TypeError(`Not an IP literal: ${ip}`);
  return canonical === "0.0.0.0"
    ? { ip: canonical, shownIp: await ownAddress() }
    : { ip: canonical };
}

/** A TCP port that is free now. Nothing holds it until a connection is made from it: a port that is listened on can't be. */
function freePort(hostname: string, port: number): number {
  const listener = Deno.listen({ hostname, port });
  const { port: free } = listener.addr;
  listener.close();
  return free;
}

/** What the machine has told last. */
let lastInterfaces: Deno.NetworkInterfaceInfo[] | undefined;

/**
 * Undefined without the permission, for which a library had better not prompt. A machine without a free file descriptor can't tell, but is
 * where it was: connections that are up must not take it for another.
 */
function systemInterfaces(): Deno.NetworkInterfaceInfo[] | undefined {
  try {
    const permission = Deno.permissions.querySync({ name: "sys", kind: "networkInterfaces" });
    if (permission.state !== "granted") return undefined;
    return lastInterfaces = Deno.networkInterfaces();
  } catch {
    return lastInterfaces; // undefined on a host that has no such thing
  }
}
