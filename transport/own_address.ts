import { Buffer } from "node:buffer";
import { createSocket } from "node:dgram";
import { debug } from "./debug.ts";
import { mayBind } from "./net_permission.ts";

/** A group of the local scope (RFC 2365 section 6.1) that nobody else is in; with the default time to live of 1 no router passes it on. */
const GROUP = "239.255.72.82";

/** How long the datagram to oneself may take, in milliseconds. */
const TIMEOUT = 200;

/**
 * The IPv4 address by which this machine reaches others, found out without any permission but that for sockets; the loopback
 * address if there is no way out.
 *
 * Deviation: ARCHITECTURE.md section 6 speaks of a connected socket, but Deno's node:dgram shows `0.0.0.0` for one. A multicast
 * datagram to oneself carries the address of the interface that the system routes it through, and so tells the same.
 */
export async function ownAddress(): Promise<string> {
  if (!mayBind("0.0.0.0", 0, { ask: false })) return "127.0.0.1";
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  const token = Buffer.from(crypto.getRandomValues(new Uint8Array(16)));
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise<string>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error("no answer from oneself")), TIMEOUT);
      socket.on("error", reject);
      socket.on("message", (data, from) => {
        if (token.equals(data)) resolve(from.address);
      });
      socket.bind(0, "0.0.0.0", () => {
        try {
          socket.addMembership(GROUP);
          socket.setMulticastLoopback(true);
          socket.send(token, socket.address().port, GROUP, (error) => error && reject(error));
        } catch (error) {
          reject(error);
        }
      });
    });
  } catch (error) {
    debug("transport", `This machine's address is not to be found out: ${error}`);
    return "127.0.0.1";
  } finally {
    clearTimeout(timer);
    try {
      socket.close();
    } catch { /* it never opened */ }
  }
}
