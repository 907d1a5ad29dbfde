import type { IceParameters } from "../../ice/mod.ts";
import { Bases } from "./bases.ts";
import type { Configuration } from "./configuration.ts";
import type { IceIo } from "./ice_io.ts";
import { iceServers, type ResolvedServer, resolveServers } from "./servers.ts";

/** Gives an ICE agent what it gathers candidates from, bases and servers, and keeps both up to date. */
export class Gatherer {
  readonly #io: IceIo;
  readonly #bases: Bases;
  /** The servers that the agent has been told of, or is being told of. */
  #servers: string | undefined;
  #configuration: Configuration | undefined;
  #rounds: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(io: IceIo) {
    this.#io = io;
    this.#bases = new Bases(io);
  }

  /** Opens what can be opened and is not, and looks up servers that are new meanwhile; one round after the other. Never rejects. */
  gather(configuration: Configuration): Promise<void> {
    if (this.#configuration === undefined) this.#watch();
    this.#configuration = configuration;
    this.#waiting++;
    return this.#rounds = this.#rounds.then(() => this.#gather(configuration));
  }

  /** An ICE restart: by now the machine may have other addresses, and the configuration other servers. Never rejects. */
  restart(parameters: IceParameters, configuration: Configuration): Promise<void> {
    this.#io.run((agent, now) => {
      agent.expectBases();
      if (this.#servers !== undefined && this.#servers !== keyOf(configuration)) {
        agent.forgetServers();
        this.#servers = undefined;
      }
      agent.restart(parameters, now);
    });
    return this.gather(configuration);
  }

  async #gather(configuration: Configuration): Promise<void> {
    const { environment: { network, addressWatch }, signal, run } = this.#io;
    const key = keyOf(configuration);
    const areNew = this.#servers !== key;
    this.#servers = key;
    const servers = resolveServers(network, areNew ? iceServers(configuration) : [], signal);
    await this.#bases.update(configuration);
    for await (const server of servers) {
      if (signal.aborted || this.#servers !== key) break;
      this.#addServer(server);
    }
    this.#waiting--;
    // RFC 8838 section 14: after the end of candidates there are no others, so with continual gathering that never comes.
    if (this.#waiting > 0 || signal.aborted || addressWatch !== undefined) return;
    run((agent, now) => agent.endOfBases(now));
  }

  /** Continual gathering, if that is wanted. */
  #watch(): void {
    const { environment: { addressWatch }, signal } = this.#io;
    addressWatch?.subscribe(() => void this.gather(this.#configuration!), signal);
  }

  #addServer(server: ResolvedServer): void {
    this.#io.run((agent, now) => {
      if (server.type === "stun") agent.addServer(server, now);
      else if (server.type === "turn") agent.addTurnServer(server, now);
      else agent.serverFailed(server.url, server.code, server.text);
    });
  }
}

function keyOf({ iceServers }: Configuration): string {
  return JSON.stringify(iceServers);
}
