import { createSocket, type Socket } from "node:dgram";
import { ipVersion } from "../core/wire/address.ts";
import { debug } from "./debug.ts";
import { mayBind } from "./net_permission.ts";
import type { MdnsPort } from "./mdns.ts";

/** A multicast group and the port where its members listen. */
export interface MulticastGroup {
  /** An IPv4 literal. */
  readonly ip: string;
  /** The port. */
  readonly port: number;
}

/** RFC 6762 section 3. */
export const MDNS_GROUP: MulticastGroup = { ip: "224.0.0.251", port: 5353 };

/** Interfaces that are asked on. */
const MAX_INTERFACES = 8;

/**
 * Opens a port to the mDNS group on each of the IPv4 addresses: a socket of its own port to ask from, and where possible a share
 * of port 5353, since some responders answer to the group whatever they were asked for.
 *
 * Over `node:dgram`, which reaches multicast without `--unstable-net`; speed is of no importance here.
 */
export async function openMdnsPort(
  addresses: readonly string[],
  receive: (packet: Uint8Array) => void,
  group: MulticastGroup = MDNS_GROUP,
): Promise<MdnsPort> {
  const interfaces = addresses.filter((ip) => ipVersion(ip) === 4).slice(0, MAX_INTERFACES);
  const asking = await openAll(interfaces.map((ip) => () => openAsking(ip, receive)));
  const listening = await openAll([() => openListening(interfaces, receive, group)]);
  return {
    send(packet) {
      for (const socket of asking) socket.send(packet, group.port, group.ip, () => {});
    },
    close() {
      for (const socket of [...asking, ...listening]) socket.close();
    },
  };
}

/** The sockets that could be opened. */
async function openAll(openers: readonly (() => Promise<Socket>)[]): Promise<Socket[]> {
  const outcomes = await Promise.allSettled(openers.map((open) => open()));
  const sockets: Socket[] = [];
  for (const outcome of outcomes) {
    if (outcome.status === "fulfilled") sockets.push(outcome.value);
    else debug("mdns", `A socket is missing: ${outcome.reason}`);
  }
  return sockets;
}

async function openAsking(ip: string, receive: (packet: Uint8Array) => void): Promise<Socket> {
  const socket = await bound(0, ip, receive);
  socket.setMulticastTTL(255); // RFC 6762 section 11
  socket.setMulticastLoopback(true); // a browser on this very machine is the most likely to answer
  return socket;
}

/** Bound to the group's own address, so that it takes no unicast packet away from the system's responder. */
async function openListening(
  interfaces: readonly string[],
  receive: (packet: Uint8Array) => void,
  group: MulticastGroup,
): Promise<Socket> {
  const socket = await bound(group.port, group.ip, receive);
  for (const ip of interfaces) {
    try {
      socket.addMembership(group.ip, ip === "0.0.0.0" ? undefined : ip);
    } catch (error) {
      debug("mdns", `Can't listen on ${ip}: ${error}`);
    }
  }
  return socket;
}

function bound(
  port: number,
  ip: string,
  receive: (packet: Uint8Array) => void,
): Promise<Socket> {
  if (!mayBind(ip, port, { ask: false })) return Promise.reject(new Error("No permission"));
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  socket.on("message", (data) => receive(data));
  return new Promise((resolve, reject) => {
    socket.once("error", (error) => {
      socket.close();
      reject(error);
    });
    socket.bind(port, ip, () => {
      socket.removeAllListeners("error");
      socket.on("error", (error) => debug("mdns", String(error)));
      resolve(socket);
    });
  });
}
