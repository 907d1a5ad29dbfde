import type { IceAgent, ServerConnection } from "../../ice/mod.ts";
import type { DatagramSocket, Network, SocketGroup } from "../../transport/mod.ts";
import type { Millis } from "../../core/mod.ts";
import { parseIceServerUrl } from "./configuration.ts";

/** What connections need of their transport. */
export interface ServerConnectionsHost {
  readonly network: Network;
  readonly sockets: SocketGroup;
  readonly signal: AbortSignal;
  run<T>(mutate: (agent: IceAgent, now: Millis) => T): T;
}

/** Opens the way to TURN servers when the ICE agent asks for one, and tells it how that went. */
export class ServerConnections {
  readonly #host: ServerConnectionsHost;

  constructor(host: ServerConnectionsHost) {
    this.#host = host;
  }

  /** Opens one. Never rejects. */
  async open(connection: ServerConnection): Promise<void> {
    const { run, signal, sockets } = this.#host;
    const { id } = connection;
    let socket: DatagramSocket;
    try {
      socket = await this.#open(connection);
    } catch (error) {
      if (signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      return run((agent, now) => agent.serverConnectionFailed(id, reason, now));
    }
    if (signal.aborted) return socket.close();
    // First the socket, for what the agent sends at once is to leave by it.
    sockets.add(socket);
    if (!run((agent, now) => agent.serverConnected(id, socket.local, now))) sockets.remove(socket);
  }

  async #open(connection: ServerConnection): Promise<DatagramSocket> {
    const { network, signal, run } = this.#host;
    const { remote, tls, url, localIp } = connection;
    if (remote.protocol === "udp") return await network.openUdp(localIp!);
    const serverName = connection.serverName ?? parseIceServerUrl(url, "RTCIceServer").host;
    const socket = await network.connectTcp(remote, {
      framing: "turn",
      signal,
      ...(tls && { tls: { serverName } }),
    });
    void socket.closed.then(() => {
      if (!signal.aborted) run((agent, now) => agent.serverDisconnected(socket.local, now));
    });
    return socket;
  }
}
