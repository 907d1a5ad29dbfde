import type { TransportAddress } from "../../core/mod.ts";
import type { IceBaseOptions } from "../../ice/mod.ts";
import { type DatagramSocket, FilteredNetwork } from "../../transport/mod.ts";
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
  #hasGathered = false;

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
    this.#hasGathered = true;
    run((agent, now) => agent.endOfBases(now));
  }

  /** An ICE restart: the machine may have other addresses by now, such as those of another network. Never rejects. */
  async refresh(configuration: Configuration): Promise<void> {
    if (!this.#hasGathered) return;
    const { environment: { network }, sockets } = this.#io;
    const { iceTransportPolicy: policy } = configuration;
    const known = new Set(sockets.sockets.map(({ local }) => local.ip));
    const isNew = (ip: string) => ip !== "0.0.0.0" && !known.has(ip);
    const added = new FilteredNetwork(network, isNew);
    if (added.addresses().length === 0) return;
    await this.#addSockets(openBases(added, policy, iceServers(configuration)), {});
  }

  async #addSockets(opened: AsyncIterable<DatagramSocket>, options: IceBaseOptions): Promise<void> {
    const { sockets, signal, run } = this.#io;
    for await (const socket of opened) {
      if (signal.aborted) return socket.close();
      // A group that has closed closes it.
      sockets.add(socket, () => run((agent, now) => agent.removeBase(socket.local, now)));
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
