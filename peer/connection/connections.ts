import { sameAddress, type TransportAddress } from "../../core/mod.ts";
import type { WantedConnection } from "../../ice/mod.ts";
import type { DatagramSocket } from "../../transport/mod.ts";
import { parseIceServerUrl } from "./configuration.ts";
import type { IceIo } from "./ice_io.ts";

/** Opens connections when the ICE agent asks for one, and tells it how that went: the way to a TURN server, or to a peer over TCP. */
export class Connections {
  readonly #host: IceIo;

  constructor(host: IceIo) {
    this.#host = host;
  }

  /** Opens one. Never rejects. */
  async open(connection: WantedConnection): Promise<void> {
    const { run, signal, sockets } = this.#host;
    const { id } = connection;
    let socket: DatagramSocket;
    try {
      socket = await this.#open(connection);
    } catch (error) {
      if (signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      return run((agent, now) => agent.connectionFailed(id, reason, now));
    }
    if (signal.aborted) return socket.close();
    // First the socket, for what the agent sends at once is to leave by it.
    sockets.add(socket);
    if (!run((agent, now) => agent.connected(id, socket.local, now))) sockets.remove(socket);
  }

  /** Closes what was opened. */
  close(local: TransportAddress): void {
    const { sockets } = this.#host;
    const socket = sockets.sockets.find((each) => sameAddress(each.local, local));
    if (socket !== undefined) sockets.remove(socket);
  }

  async #open(connection: WantedConnection): Promise<DatagramSocket> {
    const { environment: { network }, signal, run } = this.#host;
    const { remote, framing, localIp } = connection;
    if (remote.protocol === "udp") return await network.openUdp(localIp!, 0);
    const tls = connection.tls ? { tls: { serverName: serverNameOf(connection) } } : {};
    const socket = await network.connectTcp(remote, { framing, signal, ...tls });
    void socket.closed.then(() => {
      if (!signal.aborted) run((agent, now) => agent.disconnected(socket.local, now));
    });
    return socket;
  }
}

/** What the certificate has to be for. */
function serverNameOf({ serverName, url = "" }: WantedConnection): string {
  return serverName ?? parseIceServerUrl(url, "RTCIceServer").host;
}
