import type { TransportAddress } from "../../core/mod.ts";
import type { IceBaseOptions } from "../../ice/mod.ts";
import type { DatagramSocket } from "../../transport/mod.ts";
import type { Configuration } from "./configuration.ts";
import {
  activeBases,
  iceServers,
  openBases,
  openListeners,
  type ResolvedServer,
  resolveServers,
} from "./gathering.ts";
import { HostNames } from "./host_names.ts";
import type { IceIo } from "./ice_io.ts";

/** Gives an ICE agent what it gathers candidates from: bases, and servers. */
export class Gatherer {
  readonly #io: IceIo;
  readonly #hostNames: HostNames;

  constructor(io: IceIo) {
    this.#io = io;
    this.#hostNames = new HostNames(io);
  }

  /** Opens what can be opened, and looks up the servers meanwhile. Never rejects. */
  async gather(configuration: Configuration): Promise<void> {
    const { environment: { network, listens }, sockets, signal, run } = this.#io;
    const { iceTransportPolicy: policy } = configuration;
    const urls = iceServers(configuration);
    const servers = resolveServers(network, urls, signal);
    await this.#addSockets(openBases(network, policy, urls), {});
    for (const base of activeBases(network, policy, sockets.sockets)) {
      await this.#add(base, { tcpType: "active" });
    }
    if (listens) await this.#addSockets(openListeners(network, policy), { tcpType: "passive" });
    for await (const server of servers) {
      if (signal.aborted) return;
      this.#addServer(server);
    }
    run((agent, now) => agent.endOfBases(now));
  }

  async #addSockets(opened: AsyncIterable<DatagramSocket>, options: IceBaseOptions): Promise<void> {
    const { sockets, signal } = this.#io;
    for await (const socket of opened) {
      if (signal.aborted) return socket.close();
      sockets.add(socket); // a group that has closed closes it
      await this.#add(socket.local, options);
    }
  }

  async #add(address: TransportAddress, options: IceBaseOptions): Promise<void> {
    const { hostName } = await this.#hostNames.of(address.ip);
    const announced = hostName === undefined ? options : { ...options, hostName };
    this.#io.run((agent, now) => agent.addBase(address, now, announced));
  }

  #addServer(server: ResolvedServer): void {
    this.#io.run((agent, now) => {
      if (server.type === "stun") agent.addServer(server, now);
      else if (server.type === "turn") agent.addTurnServer(server, now);
      else agent.serverFailed(server.url, server.code, server.text);
    });
  }
}
