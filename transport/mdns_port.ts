import { createSocket, type Socket } from "node:dgram";
import { ipVersion } from "../core/wire/address.ts";
import { debug } from "./debug.ts";
import { mayBind } from "./net_permission.ts";

/** The groups of both families, and the port where their members listen. */
export interface MulticastGroups {
  /** An IPv4 literal. */
  readonly v4: string;
  /** An IPv6 literal of the link-local scope, without a zone. */
  readonly v6: string;
  /** The port. */
  readonly port: number;
}

/** RFC 6762 section 3. */
export const MDNS_GROUPS: MulticastGroups = { v4: "224.0.0.251", v6: "ff02::fb", port: 5353 };

/** Addresses that are asked and answered on, of both families together. */
const MAX_INTERFACES = 8;

/** A way to the local link. */
export interface MdnsInterface {
  /** The IP literal of this machine that packets come from. */
  readonly ip: string;
  /** The name of the network interface; without it IPv6 leaves the choice to the system. */
  readonly name?: string;
}

/** Where a packet has come from. */
export interface MdnsSender {
  /** Its port: 5353, unless it asks without being a responder itself (RFC 6762 section 6.7). */
  readonly port: number;
  /** Sends a packet to it, and to nobody else. */
  reply(packet: Uint8Array): void;
}

/** What takes packets that have arrived. */
export type MdnsReceiver = (packet: Uint8Array, from: MdnsSender) => void;

/** Where packets leave and arrive. Any of them may get lost. */
export interface MdnsPort {
  /** Asks the group, from a port of its own, so that answers come there. */
  ask(packet: Uint8Array): void;
  /** Tells the group, from its own port, as RFC 6762 section 6 demands of answers. */
  tell(packet: Uint8Array): void;
  /** Closes it. */
  close(): void;
}

/** Opens a port on which whatever arrives is given to `receive`. */
export type OpenMdnsPort = (receive: MdnsReceiver) => Promise<MdnsPort>;

/**
 * Opens a port to the mDNS groups on each of the addresses: a socket of its own port to ask from, and where possible a share of port
 * 5353, on which questions arrive, and answers of responders that tell the group whatever they were asked for.
 *
 * Over `node:dgram`, which reaches multicast without `--unstable-net`; speed is of no importance here.
 */
export async function openMdnsPort(
  interfaces: readonly MdnsInterface[],
  receive: MdnsReceiver,
  groups: MulticastGroups = MDNS_GROUPS,
): Promise<MdnsPort> {
  const used = interfaces.slice(0, MAX_INTERFACES).map((each) => new Way(each, groups));
  const asking = await openAll(used, (way) => way.openAsking(receive));
  const telling = await openAll(used, (way) => way.openTelling(receive));
  return {
    ask: (packet) => asking.forEach(([way, socket]) => way.send(socket, packet)),
    tell: (packet) => telling.forEach(([way, socket]) => way.send(socket, packet)),
    close: () => [...asking, ...telling].forEach(([, socket]) => socket.close()),
  };
}

/** The sockets that could be opened. */
async function openAll(
  ways: readonly Way[],
  open: (way: Way) => Promise<Socket>,
): Promise<[Way, Socket][]> {
  const outcomes = await Promise.allSettled(ways.map(open));
  return outcomes.flatMap((outcome, i): [Way, Socket][] => {
    if (outcome.status === "fulfilled") return [[ways[i]!, outcome.value]];
    debug("mdns", `A socket is missing: ${outcome.reason}`);
    return [];
  });
}

/** One interface's way to the group of its family. */
class Way {
  readonly #ip: string;
  readonly #isIpv6: boolean;
  /** Names the interface to the system. */
  readonly #interface: string | undefined;
  readonly #group: string;
  readonly #port: number;

  constructor({ ip, name }: MdnsInterface, { v4, v6, port }: MulticastGroups) {
    this.#ip = ip;
    this.#isIpv6 = ipVersion(ip) === 6;
    this.#port = port;
    if (this.#isIpv6) {
      this.#interface = name && `::%${name}`;
      this.#group = name === undefined ? v6 : `${v6}%${name}`;
    } else {
      this.#interface = ip === "0.0.0.0" ? undefined : ip;
      this.#group = v4;
    }
  }

  async openAsking(receive: MdnsReceiver): Promise<Socket> {
    return await this.#open(0, this.#ip, receive);
  }

  /** Bound to the group's own address, so that it takes no unicast packet away from the system's responder. */
  async openTelling(receive: MdnsReceiver): Promise<Socket> {
    const socket = await this.#open(this.#port, this.#group, receive);
    return configured(socket, () => {
      socket.addMembership(this.#group.split("%", 1)[0]!, this.#interface);
    });
  }

  send(socket: Socket, packet: Uint8Array): void {
    socket.send(packet, this.#port, this.#group, () => {});
  }

  async #open(port: number, ip: string, receive: MdnsReceiver): Promise<Socket> {
    if (!mayBind(ip.split("%", 1)[0]!, port, { ask: false })) throw new Error("No permission");
    const socket = createSocket({ type: this.#isIpv6 ? "udp6" : "udp4", reuseAddr: true });
    socket.on("message", (data, { address, port }) => {
      receive(data, { port, reply: (packet) => socket.send(packet, port, address, () => {}) });
    });
    await new Promise<void>((resolve, reject) => {
      socket.once("error", (error) => {
        socket.close();
        reject(error);
      });
      socket.bind(port, ip, resolve);
    });
    socket.removeAllListeners("error");
    socket.on("error", (error) => debug("mdns", String(error)));
    return configured(socket, () => {
      if (this.#interface !== undefined) socket.setMulticastInterface(this.#interface);
      socket.setMulticastTTL(255); // RFC 6762 section 11
      socket.setMulticastLoopback(true); // a browser on this very machine is the most likely to answer
    });
  }
}

/** A socket that can't be used as it has to be is closed. */
function configured(socket: Socket, configure: () => void): Socket {
  try {
    configure();
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}
