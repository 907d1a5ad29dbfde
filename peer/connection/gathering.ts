/**
 * What gathering needs from the outside world: sockets to be bases, and the addresses of servers.
 *
 * @module
 */
import { canonicalIp, type TransportAddress } from "../../core/mod.ts";
import type { TurnServer } from "../../ice/mod.ts";
import type { DatagramSocket, Network } from "../../transport/mod.ts";
import {
  type Configuration,
  type IceServerUrl,
  parseIceServerUrl,
  type RTCIceTransportPolicy,
} from "./configuration.ts";

/** At most this many addresses of the machine become bases: a host with hundreds of virtual interfaces gains nothing by more. */
const MAX_BASES = 16;
/** The port of an address that only connects (RFC 6544 section 4.5). */
const DISCARD_PORT = 9;
/** At most this many STUN and TURN servers are asked, together. */
const MAX_SERVERS = 8;
/** "No host candidate can reach the server" (W3C WebRTC section 4.8.3). */
const UNREACHABLE = 701;

/** A server whose address is known, or why there is none. */
export type ResolvedServer =
  | { readonly type: "stun"; readonly url: string; readonly address: TransportAddress }
  | { readonly type: "turn" } & TurnServer
  | { readonly type: "none"; readonly url: string; readonly code: number; readonly text: string };

/** A server URL with what goes with it. */
export interface IceServerLogin extends IceServerUrl {
  readonly username: string;
  readonly credential: string;
}

/** Every server URL of a configuration. */
export function iceServers({ iceServers }: Configuration): IceServerLogin[] {
  return iceServers.flatMap(({ urls, username = "", credential = "" }) =>
    urls.map((url) => ({ ...parseIceServerUrl(url, "RTCIceServer"), username, credential }))
  );
}

/** Opens a socket on each of the machine's addresses; where only relayed candidates may be used, none but for a relay over UDP. */
export async function* openBases(
  network: Network,
  policy: RTCIceTransportPolicy,
  servers: readonly IceServerUrl[],
): AsyncGenerator<DatagramSocket> {
  const relays = servers.some(({ scheme, transport }) => scheme === "turn" && transport === "udp");
  if (policy === "relay" && !relays) return;
  for (const ip of network.addresses().slice(0, MAX_BASES)) {
    const socket = await network.openUdp(ip).catch(() => undefined); // an address that has just gone is not one
    if (socket !== undefined) yield socket;
  }
}

/** Opens a listener on each of the machine's addresses: the bases of passive TCP candidates. */
export async function* openListeners(
  network: Network,
  policy: RTCIceTransportPolicy,
): AsyncGenerator<DatagramSocket> {
  if (policy === "relay") return;
  for (const ip of network.addresses().slice(0, MAX_BASES)) {
    const listener = await network.listenTcp?.(ip).catch(() => undefined);
    if (listener !== undefined) yield listener;
  }
}

/** The addresses that TCP connections to the peer are made from: those of the sockets, and those that UDP could not be had on. */
export function activeBases(
  network: Network,
  policy: RTCIceTransportPolicy,
  sockets: readonly DatagramSocket[],
): TransportAddress[] {
  if (policy === "relay") return [];
  const opened = sockets.map(({ local }) => local.ip);
  // What "whatever this machine has" is, only a UDP socket tells; without one the peer is not told either, and need not be.
  const addresses = network.addresses().filter((ip) => ip !== "0.0.0.0" || opened.length === 0);
  const ips = new Set([...opened, ...addresses.slice(0, MAX_BASES)]);
  return Array.from(ips, (ip) => ({ ip, port: DISCARD_PORT, protocol: "tcp" }));
}

/** Looks up the addresses of servers, all at the same time, and yields them in their order. */
export async function* resolveServers(
  network: Network,
  urls: readonly IceServerLogin[],
  signal: AbortSignal,
): AsyncGenerator<ResolvedServer> {
  const lookups = urls.slice(0, MAX_SERVERS).map((url) => resolveServer(network, url));
  for (const lookup of lookups) {
    const servers = await lookup;
    if (signal.aborted) return;
    yield* servers;
  }
}

async function resolveServer(network: Network, server: IceServerLogin): Promise<ResolvedServer[]> {
  const { url, scheme, host, port, transport, username, credential } = server;
  const fail = (text: string): ResolvedServer[] => [{ type: "none", url, code: UNREACHABLE, text }];
  if (scheme === "stuns" || (scheme === "turns" && transport === "udp")) {
    return fail(`${scheme} over ${transport} is not supported`); // DTLS, of which browsers have none either
  }
  const literal = canonicalIp(host);
  const ips = literal !== undefined ? [literal] : await network.resolve(host).catch(() => []);
  if (ips.length === 0) return fail(`The host name ${host} could not be resolved`);
  const reachable = firstOfEachFamily(ips).filter((ip) => hasFamilyOf(network, ip));
  const addresses = (reachable.length > 0 ? reachable : ips.slice(0, 1)).map((ip) => (
    { ip, port, protocol: transport }
  ));
  if (scheme === "stun") return addresses.map((address) => ({ type: "stun", url, address }));
  const tls = scheme === "turns";
  return addresses.map((address) => ({ type: "turn", url, address, username, credential, tls }));
}

/** A machine without IPv6 need not try to connect over it. */
function hasFamilyOf(network: Network, ip: string): boolean {
  return network.addresses().some((own) => own.includes(":") === ip.includes(":"));
}

function firstOfEachFamily(ips: readonly string[]): string[] {
  const [v6, v4] = [ips.find((ip) => ip.includes(":")), ips.find((ip) => !ip.includes(":"))];
  return [v4, v6].filter((ip) => ip !== undefined);
}
