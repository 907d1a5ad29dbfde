/**
 * The STUN and TURN servers of a configuration, and their addresses.
 *
 * @module
 */
import { canonicalIp, type TransportAddress } from "../../core/mod.ts";
import type { TurnServer } from "../../ice/mod.ts";
import type { Network } from "../../transport/mod.ts";
import { type Configuration, type IceServerUrl, parseIceServerUrl } from "./configuration.ts";

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

/** Looks up the addresses of servers, all at the same time, and yields them as they are found. */
export async function* resolveServers(
  network: Network,
  urls: readonly IceServerLogin[],
  signal: AbortSignal,
): AsyncGenerator<ResolvedServer> {
  const lookups = new Map(
    urls.slice(0, MAX_SERVERS).map((url, index) => [
      index,
      resolveServer(network, url).then((servers) => ({ index, servers })),
    ]),
  );
  while (lookups.size > 0) {
    const { index, servers } = await Promise.race(lookups.values());
    if (signal.aborted) return;
    lookups.delete(index);
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
  if (reachable.length === 0 && transport === "udp") {
    return fail(`No address of this machine can reach ${ips[0]}`);
  }
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
