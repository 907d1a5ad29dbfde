import { debug } from "./debug.ts";
import { openDenoUdp } from "./udp_deno.ts";
import { openNodeUdp } from "./udp_node.ts";
import type { UdpOptions, UdpSocket } from "./udp_socket.ts";

let chosen: ((options: UdpOptions) => UdpSocket | Promise<UdpSocket>) | undefined;

/**
 * Opens a UDP socket the fastest way there is: `Deno.listenDatagram`, which needs `--unstable-net`, or else `node:dgram`
 * (ARCHITECTURE.md section 6). Rejects where there is no permission, no such address, or the port is in use.
 */
export async function openUdp(options: UdpOptions): Promise<UdpSocket> {
  chosen ??= choose();
  return await chosen(options);
}

function choose(): typeof openDenoUdp | typeof openNodeUdp {
  // Without the flag the function is missing, whatever the types say.
  if (typeof Deno.listenDatagram === "function") {
    debug("transport", "UDP over Deno.listenDatagram");
    return openDenoUdp;
  }
  debug("transport", "UDP over node:dgram, three times as slow: --unstable-net is not given");
  return openNodeUdp;
}
