import { type Datagram, sameAddress, type TransportAddress } from "../../core/wire/mod.ts";
import type { Relay } from "../candidate.ts";
import type { ConnectionRequests, ConnectionTaker } from "../connection_requests.ts";
import type { IceContext } from "../context.ts";

/** The port of an active candidate, which has none of its own (RFC 6544 section 4.5). */
export const ACTIVE_PORT = 9;

/** Connections of one agent: the peer names the addresses, and each costs a socket. */
const MAX_CONNECTIONS = 16;

/** Datagrams that wait for a connection: the check that made it necessary, and a few of its retransmissions. */
const MAX_WAITING = 4;

/** What active candidates share. */
type TcpContext = Pick<IceContext, "discards"> & {
  readonly transmit: (datagram: Datagram) => void;
  /** There is no connection from a base to a peer, nor will there be. */
  readonly unreachable: (base: TransportAddress, remote: TransportAddress) => void;
};

/** A connection to one passive candidate of the peer's. It is opened once: after its end only an ICE restart helps. */
class ActiveConnection implements ConnectionTaker {
  readonly #context: TcpContext;
  #local: TransportAddress | undefined;
  #over = false;
  #waiting: Uint8Array[] = [];

  constructor(
    context: TcpContext,
    /** The base that its datagrams seem to come from. */
    readonly base: TransportAddress,
    readonly remote: TransportAddress,
  ) {
    this.#context = context;
  }

  get local(): TransportAddress | undefined {
    return this.#local;
  }

  get over(): boolean {
    return this.#over;
  }

  send(data: Uint8Array): void {
    const { remote } = this;
    if (this.#local !== undefined) {
      this.#context.transmit({ data, local: this.#local, remote });
    } else if (this.#over || this.#waiting.length >= MAX_WAITING) {
      this.#context.discards.add("no TCP connection");
    } else this.#waiting.push(data);
  }

  connected(local: TransportAddress): boolean {
    if (this.#over) return false;
    this.#local = local;
    for (const data of this.#waiting.splice(0)) this.send(data);
    return true;
  }

  connectionFailed(): void {
    this.#over = true;
    this.#local = undefined;
    const lost = this.#waiting.splice(0).length;
    if (lost > 0) this.#context.discards.add("no TCP connection", lost);
    this.#context.unreachable(this.base, this.remote);
  }
}

/** The active TCP candidates of an agent (RFC 6544 section 7.1): each check of a pair goes over a connection that is made for it. */
export class ActiveBases {
  readonly #context: TcpContext;
  readonly #requests: ConnectionRequests;
  #connections: ActiveConnection[] = [];

  constructor(context: TcpContext, requests: ConnectionRequests) {
    this.#context = context;
    this.#requests = requests;
  }

  /** The way out of a base. */
  relay(base: TransportAddress): Relay {
    return { send: (data, peer) => this.send(base, data, peer), bind: () => {} };
  }

  /** Sends over the connection between a base and a peer, which the first datagram asks for. */
  send(base: TransportAddress, data: Uint8Array, peer: TransportAddress): void {
    this.#connection(base, peer)?.send(data);
  }

  /** What arrived on a connection, as from its base; undefined if it is no connection of these. */
  translate({ data, local, remote }: Datagram): Datagram | undefined {
    const connection = this.#at(local);
    if (connection === undefined || !sameAddress(connection.remote, remote)) return undefined;
    return { data, local: connection.base, remote: connection.remote };
  }

  /** A connection has ended. */
  disconnected(local: TransportAddress): void {
    this.#at(local)?.connectionFailed();
  }

  /** An ICE restart: what had failed may be tried again. */
  restart(): void {
    this.#connections = this.#connections.filter(({ over }) => !over);
  }

  #at(local: TransportAddress): ActiveConnection | undefined {
    return this.#connections.find((each) =>
      each.local !== undefined && sameAddress(each.local, local)
    );
  }

  #connection(base: TransportAddress, remote: TransportAddress): ActiveConnection | undefined {
    const known = this.#connections.find((each) =>
      sameAddress(each.base, base) && sameAddress(each.remote, remote)
    );
    if (known !== undefined) return known;
    if (this.#connections.length >= MAX_CONNECTIONS) {
      this.#context.discards.add("no TCP connection");
      return undefined;
    }
    const connection = new ActiveConnection(this.#context, base, remote);
    this.#connections.push(connection);
    this.#requests.ask(connection, { remote, framing: "rfc4571", tls: false, localIp: base.ip });
    return connection;
  }
}
