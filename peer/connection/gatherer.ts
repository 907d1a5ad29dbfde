import type { IceParameters } from "../../ice/mod.ts";
import { Bases } from "./bases.ts";
import type { Configuration } from "./configuration.ts";
import type { IceIo } from "./ice_io.ts";
import { type IceServerLogin, iceServers, type ResolvedServer, resolveServers } from "./servers.ts";

/** The servers of a configuration: those whose addresses could not be found are looked up again each time. */
class Servers {
  readonly key: string;
  readonly #all: readonly IceServerLogin[];
  readonly #failed: Set<string>;

  constructor(configuration: Configuration) {
    this.key = keyOf(configuration);
    this.#all = iceServers(configuration);
    this.#failed = new Set(this.#all.map(({ url }) => url));
  }

  /** Those that are to be looked up now. */
  take(): IceServerLogin[] {
    const due = this.#all.filter(({ url }) => this.#failed.has(url));
    this.#failed.clear();
    return due;
  }

  failed(url: string): void {
    this.#failed.add(url);
  }
}

/** Gives an ICE agent what it gathers candidates from, bases and servers, and keeps both up to date. */
export class Gatherer {
  readonly #io: IceIo;
  readonly #bases: Bases;
  /** What the agent has been told of, or is being told of; others may take their place meanwhile. */
  #servers: Servers | undefined;
  #configuration: Configuration | undefined;
  #opened: Promise<void> = Promise.resolve();
  /** What is going on. */
  readonly #rounds = new Set<{ readonly servers: Servers }>();

  constructor(io: IceIo) {
    this.#io = io;
    this.#bases = new Bases(io);
  }

  /** Opens what can be opened and is not, one time after the other, and looks up servers that are new meanwhile. Never rejects. */
  gather(configuration: Configuration): Promise<void> {
    if (this.#configuration === undefined) this.#watch();
    this.#configuration = configuration;
    if (this.#servers?.key !== keyOf(configuration)) this.#servers = new Servers(configuration);
    this.#opened = this.#opened.then(() => this.#bases.update(configuration));
    return this.#gather(this.#servers, this.#opened);
  }

  /** An ICE restart: by now the machine may have other addresses, and the configuration other servers. Never rejects. */
  restart(parameters: IceParameters, configuration: Configuration): Promise<void> {
    this.#io.run((agent, now) => {
      agent.expectBases();
      if (this.#servers !== undefined && this.#servers.key !== keyOf(configuration)) {
        agent.forgetServers();
      }
      agent.restart(parameters, now);
    });
    return this.gather(configuration);
  }

  async #gather(servers: Servers, opened: Promise<void>): Promise<void> {
    const { environment: { network, addressWatch }, signal, run } = this.#io;
    const round = { servers };
    this.#rounds.add(round);
    await opened;
    for await (const server of resolveServers(network, servers.take(), signal)) {
      if (signal.aborted || servers !== this.#servers) break;
      if (server.type === "none") servers.failed(server.url);
      this.#addServer(server);
    }
    this.#rounds.delete(round);
    // RFC 8838 section 14: after the end of candidates there are no others, so with continual gathering that never comes.
    if (this.#isWaitingFor(servers) || signal.aborted || addressWatch !== undefined) return;
    run((agent, now) => agent.endOfBases(now));
  }

  /** Whether there may yet be more; of servers that others have taken the place of, there is nothing. */
  #isWaitingFor(servers: Servers): boolean {
    return servers !== this.#servers ||
      [...this.#rounds].some((round) => round.servers === servers);
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
