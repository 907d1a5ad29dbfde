import { debug } from "./debug.ts";
import { openDenoUdp } from "./udp_deno.ts";
import { openNodeUdp } from "./udp_node.ts";
import type { UdpOptions, UdpSocket } from "./udp_socket.ts";

let way: "listenDatagram" | "dgram" | undefined;

/**
 * Opens a UDP socket the fastest way there is: `Deno.listenDatagram`, which needs `--unstable-net`, or else `node:dgram`
 * (ARCHITECTURE.md section 6). Rejects where there is no permission, no such address, or the port is in use.
 */
export async function openUdp(options: UdpOptions): Promise<UdpSocket> {
  // Without the flag the function is missing, whatever the types say.
  if (way === undefined) {
    choose(typeof Deno.listenDatagram === "function" ? "listenDatagram" : "dgram");
  }
  if (way === "listenDatagram") {
    try {
      return openDenoUdp(options);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotSupported)) throw error;
      choose("dgram");
    }
  }
  return await openNodeUdp(options);
}

function choose(chosen: NonNullable<typeof way>): void {
  way = chosen;
  debug(
    "transport",
    chosen === "listenDatagram"
      ? "UDP over Deno.listenDatagram"
      : "UDP over node:dgram, three times as slow: there is no Deno.listenDatagram",
  );
}
