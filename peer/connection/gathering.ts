/**
 * What gathering needs from the outside world: sockets to be bases, and the addresses of servers.
 *
 * @module
 */
import { canonicalIp, type TransportAddress } from "../../core/mod.ts";
import type { Network, UdpSocket } from "../../transport/mod.ts";
import type { IceServerUrl, RTCIceTransportPolicy } from "./configuration.ts";

/** At most this many addresses of the machine become bases: a host with hundreds of virtual interfaces gains nothing by more. */
const MAX_BASES = 16;
/** At most this many STUN servers are asked. */
const MAX_SERVERS = 8;
/** "No host candidate can reach the server" (W3C WebRTC section 4.8.3). */
const UNREACHABLE = 701;

/** A server whose address is known, or why there is none. */
export type ResolvedServer =
  | { readonly url: string; readonly address: TransportAddress }
  | { readonly url: string; readonly code: number; readonly text: string };

/** Opens a socket on each of the machine's addresses; none where only relayed candidates may be used. */
export async function* openBases(
  network: Network,
  policy: RTCIceTransportPolicy,
): AsyncGenerator<UdpSocket> {
  if (policy === "relay") return;
  for (const ip of network.addresses().slice(0, MAX_BASES)) {
    const socket = await network.openUdp(ip).catch(() => undefined); // an address that has just gone is not one
    if (socket !== undefined) yield socket;
  }
}

/** Looks up the addresses of STUN servers, all at the same time, and yields them in their order. */
export async function* resolveServers(
  network: Network,
  urls: readonly IceServerUrl[],
  signal: AbortSignal,
): AsyncGenerator<ResolvedServer> {
  const lookups = urls.slice(0, MAX_SERVERS).map((url) => resolveServer(network, url));
  for (const lookup of lookups) {
    const servers = await lookup;
    if (signal.aborted) return;
    yield* servers;
  }
}

async function resolveServer(network: Network, server: IceServerUrl): Promise<ResolvedServer[]> {
  const { url, scheme, host, port, transport } = server;
  if (scheme !== "stun" || transport !== "udp") {
    return [{ url, code: UNREACHABLE, text: `${scheme} over ${transport} is not supported` }];
  }
  const literal = canonicalIp(host);
  const ips = literal !== undefined ? [literal] : await network.resolve(host).catch(() => []);
  if (ips.length === 0) {
    return [{ url, code: UNREACHABLE, text: `The host name ${host} could not be resolved` }];
  }
  return firstOfEachFamily(ips).map((ip) => ({ url, address: { ip, port, protocol: "udp" } }));
}

function firstOfEachFamily(ips: readonly string[]): string[] {
  const [v6, v4] = [ips.find((ip) => ip.includes(":")), ips.find((ip) => !ip.includes(":"))];
  return [v4, v6].filter((ip) => ip !== undefined);
}
