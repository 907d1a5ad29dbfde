import type { Datagram, TransportAddress } from "../../core/wire/mod.ts";
import { addressKey } from "../../core/wire/mod.ts";
import type { DatagramSocket } from "../../transport/datagram_socket.ts";
import { type Sent, TurnServer } from "../ice/turn/turn_server.ts";
import type { VirtualNetwork } from "./virtual_network.ts";

/** Puts a TURN server on the Internet, on UDP and TCP port 3478, its relays on ports of the same host. */
export async function virtualTurnServer(net: VirtualNetwork, ip: string): Promise<TurnServer> {
  const host = net.host(ip);
  const server = new TurnServer({ ip, port: 3478, protocol: "udp" });
  const writers = new Map<string, WritableStreamDefaultWriter<readonly Datagram[]>>();

  const opened = new Set<TransportAddress>();

  const listen = (
    socket: DatagramSocket,
    key: TransportAddress,
    take: (datagram: Datagram) => Sent[],
  ) => {
    writers.set(addressKey(key), socket.writable.getWriter());
    void socket.readable.pipeTo(
      new WritableStream({
        write: async (batch) => {
          for (const datagram of batch) await deliver(take(datagram));
        },
      }),
    ).catch(() => {}).then(() => {
      if (key.protocol === "tcp") server.allocations.delete(addressKey(key)); // as coturn does
    });
  };

  const deliver = async (all: readonly Sent[]) => {
    await openRelays();
    for (const { data, from, to } of all) {
      const key = to.protocol === "tcp" ? to : from;
      void writers.get(addressKey(key))?.write([{ data, local: from, remote: to }]);
    }
  };

  const openRelays = async () => {
    for (const { relayed } of server.allocations.values()) {
      for (const address of relayed) {
        if (opened.has(address)) continue;
        opened.add(address);
        const socket = await host.openUdp(address.ip, address.port);
        listen(
          socket,
          address,
          ({ data, remote }) => server.handlePeer(data, address, remote, net.clock.now()),
        );
      }
    }
  };

  const fromClient = ({ data, remote }: Datagram) => server.handle(data, remote, net.clock.now());
  listen(await host.openUdp(ip, 3478), server.address, fromClient);
  net.tcp.listen(ip, 3478, (socket) => listen(socket, socket.remote, fromClient));
  return server;
}
