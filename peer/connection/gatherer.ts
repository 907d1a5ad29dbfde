import type { IceParameters } from "../../ice/mod.ts";
import { Bases } from "./bases.ts";
import type { Configuration } from "./configuration.ts";
import type { IceIo } from "./ice_io.ts";
import { iceServers, type ResolvedServer, resolveServers } from "./servers.ts";

/** Sockets that are being opened, and servers that are looked up after that; undefined if those are known. */
interface Round {
  readonly lookup: AsyncGenerator<ResolvedServer> | undefined;
}

/** Gives an ICE agent what it gathers candidates from, bases and servers, and keeps both up to date. */
export class Gatherer {
  readonly #io: IceIo;
  readonly #bases: Bases;
  /** The servers that the agent has been told of, or is being told of. */
  #servers: string | undefined;
  /** Those that are being looked up; others may take their place meanwhile. */
  #lookup: AsyncGenerator<ResolvedServer> | undefined;
  #configuration: Configuration | undefined;
  #opened: Promise<void> = Promise.resolve();
  readonly #rounds = new Set<Round>();

  constructor(io: IceIo) {
    this.#io = io;
    this.#bases = new Bases(io);
  }

  /** Opens what can be opened and is not, one time after the other, and looks up servers that are new meanwhile. Never rejects. */
  gather(configuration: Configuration): Promise<void> {
    if (this.#configuration === undefined) this.#watch();
    this.#configuration = configuration;
    this.#opened = this.#opened.then(() => this.#bases.update(configuration));
    return this.#gather(configuration, this.#opened);
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

  async #gather(configuration: Configuration, opened: Promise<void>): Promise<void> {
    const { environment: { addressWatch }, signal, run } = this.#io;
    const lookup = this.#lookUp(configuration);
    const round = { lookup };
    this.#rounds.add(round);
    await opened;
    for await (const server of lookup ?? []) {
      if (signal.aborted || lookup !== this.#lookup) break;
      this.#addServer(server);
    }
    this.#rounds.delete(round);
    // RFC 8838 section 14: after the end of candidates there are no others, so with continual gathering that never comes.
    if (this.#isWaiting || signal.aborted || addressWatch !== undefined) return;
    run((agent, now) => agent.endOfBases(now));
  }

  /** For what may yet be found; servers that others have taken the place of are not waited for. */
  get #isWaiting(): boolean {
    return [...this.#rounds].some(({ lookup }) => lookup === undefined || lookup === this.#lookup);
  }

  /** Undefined for servers that are known. */
  #lookUp(configuration: Configuration): AsyncGenerator<ResolvedServer> | undefined {
    const { environment: { network }, signal } = this.#io;
    const key = keyOf(configuration);
    if (this.#servers === key) return undefined;
    this.#servers = key;
    return this.#lookup = resolveServers(network, iceServers(configuration), signal);
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
