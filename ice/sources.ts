import type { Millis } from "../core/stage/mod.ts";
import { sameAddress, type TransportAddress } from "../core/wire/mod.ts";
import type { IceBaseOptions } from "./agent_options.ts";
import type { Base } from "./base.ts";
import type { IceContext } from "./context.ts";
import type { Detours } from "./detours.ts";
import { MAX_SERVERS } from "./gathered_candidates.ts";
import { type Gathering, MAX_BASES, type StunServer } from "./gathering.ts";
import type { TurnServer } from "./turn/turn_context.ts";

type SourcesContext = Pick<IceContext, "discards" | "lite" | "gathers">;

/** What candidates are gathered from: sockets and servers (RFC 8445 section 5.1.1). Each generation gathers from all of them. */
export class Sources {
  readonly #context: SourcesContext;
  readonly #detours: Detours;
  readonly #bases: Base[] = [];
  #stunServers: StunServer[] = [];
  #turnServers = 0;
  #basesEnded = false;

  constructor(context: SourcesContext, detours: Detours) {
    this.#context = context;
    this.#detours = detours;
  }

  /** Adds a socket, for this generation and those that follow. */
  addBase(
    address: TransportAddress,
    { hostName, tcpType }: IceBaseOptions,
    gathering: Gathering,
    now: Millis,
  ): void {
    if (this.#bases.length >= MAX_BASES) return this.#refuse();
    if (this.#context.lite && tcpType === "active") return;
    const base = { address, index: this.#freeIndex(), hostName, tcpType };
    this.#bases.push(base);
    this.#gatherFrom(base, gathering, now);
    this.#detours.relays.addBase(base);
  }

  /** A socket is gone. Returns every address that went with it: its own, and those of its relays. */
  removeBase(address: TransportAddress): TransportAddress[] {
    const at = this.#bases.findIndex((base) => sameAddress(base.address, address));
    if (at < 0) return [];
    this.#bases.splice(at, 1);
    return [address, ...this.#detours.relays.removeBase(address)];
  }

  /** Adds a STUN server. A lite agent needs none. */
  addServer(server: StunServer, gathering: Gathering, now: Millis): void {
    if (this.#context.lite || !this.#context.gathers("srflx")) return;
    if (this.#stunServers.length >= MAX_SERVERS) return this.#refuse();
    this.#stunServers.push(server);
    gathering.addServer(server, now);
  }

  /** Adds a TURN server. */
  addTurnServer(server: TurnServer): void {
    if (this.#context.lite || !this.#context.gathers("relay")) return;
    if (this.#turnServers >= MAX_SERVERS) return this.#refuse();
    this.#turnServers++;
    this.#detours.relays.addServer(server);
  }

  /** Other servers follow, for the next generation. */
  forgetServers(): void {
    this.#stunServers = [];
    this.#turnServers = 0;
    this.#detours.relays.forgetServers();
  }

  /** More sockets follow, for the next generation. */
  expectBases(): void {
    this.#basesEnded = false;
  }

  /** No more sockets follow. */
  endBases(gathering: Gathering): void {
    this.#basesEnded = true;
    gathering.endBases();
  }

  /** A restart gathers from all that there is. */
  gather(gathering: Gathering, now: Millis): void {
    for (const server of this.#stunServers) gathering.addServer(server, now);
    for (const base of this.#bases) this.#gatherFrom(base, gathering, now);
    this.#detours.restart();
    if (this.#basesEnded) gathering.endBases();
  }

  /** A restart was rolled back: sockets that came meanwhile are new to the generation before it, unless that has ended. */
  catchUp(gathering: Gathering, now: Millis): void {
    if (gathering.state === "complete") return;
    for (const base of this.#bases) {
      if (!gathering.knows(base)) this.#gatherFrom(base, gathering, now);
    }
  }

  #gatherFrom(base: Base, gathering: Gathering, now: Millis): void {
    gathering.addBase(base, now, this.#detours.ofActive(base.address));
  }

  #freeIndex(): number {
    const used = new Set(this.#bases.map(({ index }) => index));
    let index = 0;
    while (used.has(index)) index++;
    return index;
  }

  #refuse(): void {
    this.#context.discards.add("too many bases or servers");
  }
}
