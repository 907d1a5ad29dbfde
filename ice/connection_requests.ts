import type { Millis } from "../core/stage/mod.ts";
import type { TransportAddress } from "../core/wire/mod.ts";

/** A connection or socket that somebody has to open for the agent, which does no I/O. */
export interface WantedConnection {
  /** To name it by when it is open. */
  readonly id: number;
  /** The other end. For UDP a new port of this machine is wanted, and this tells what for. */
  readonly remote: TransportAddress;
  /** What makes datagrams of a stream: that of TURN (RFC 8656 section 12.5), or that of ICE (RFC 6544 section 3). */
  readonly framing: "turn" | "rfc4571";
  /** Whether the stream is TLS. */
  readonly tls: boolean;
  /** For a TURN server, how the user named it. */
  readonly url?: string;
  /** The name that a redirecting server gave for the certificate of this one, instead of the URL's (RFC 8489 section 14.16). */
  readonly serverName?: string;
  /** The address of this machine to open it on; a wish where it is a stream. */
  readonly localIp?: string;
}

/** Who has asked for a connection. */
export interface ConnectionTaker {
  /** It is open; false if it is wanted no longer. */
  connected(local: TransportAddress, now: Millis): boolean;
  /** It could not be opened. */
  connectionFailed(reason: string): void;
}

/** The connections that an agent waits for: one at most for each taker. */
export class ConnectionRequests {
  readonly #wanted: (connection: WantedConnection) => void;
  readonly #unwanted: (local: TransportAddress) => void;
  readonly #takers = new Map<number, ConnectionTaker>();
  #count = 0;

  /** `wanted` and `unwanted` tell whoever does the agent's I/O. */
  constructor(
    wanted: (connection: WantedConnection) => void,
    unwanted: (local: TransportAddress) => void,
  ) {
    this.#wanted = wanted;
    this.#unwanted = unwanted;
  }

  /** Asks for a connection; what the same taker had asked for before is forgotten. */
  ask(taker: ConnectionTaker, connection: Omit<WantedConnection, "id">): void {
    const id = ++this.#count;
    for (const [other, waiting] of this.#takers) {
      if (waiting === taker) this.#takers.delete(other);
    }
    this.#takers.set(id, taker);
    this.#wanted({ id, ...connection });
  }

  /** One is open; false if it is wanted no longer. */
  connected(id: number, local: TransportAddress, now: Millis): boolean {
    return this.#take(id)?.connected(local, now) ?? false;
  }

  /** One could not be opened. */
  failed(id: number, reason: string): void {
    this.#take(id)?.connectionFailed(reason);
  }

  /** One that was open has done its work. */
  release(local: TransportAddress): void {
    this.#unwanted(local);
  }

  /** Waits for none any more. */
  clear(): void {
    this.#takers.clear();
  }

  #take(id: number): ConnectionTaker | undefined {
    const taker = this.#takers.get(id);
    this.#takers.delete(id);
    return taker;
  }
}
