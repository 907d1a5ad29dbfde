import type { Millis } from "../core/stage/mod.ts";
import type { Datagram, TransportAddress } from "../core/wire/mod.ts";
import type { Relay } from "./candidate.ts";
import { ConnectionRequests, type WantedConnection } from "./connection_requests.ts";
import { ACTIVE_PORT, ActiveBases } from "./tcp/active_bases.ts";
import { Relays, type RelaysOutcome } from "./turn/relays.ts";
import type { TurnContext } from "./turn/turn_context.ts";

/** Who hears of detours. */
export interface DetoursOutcome extends RelaysOutcome {
  /** A connection has to be opened. */
  connectionWanted(connection: WantedConnection): void;
  /** The connection with this address has done its work. */
  connectionUnwanted(local: TransportAddress): void;
  /** No TCP connection leads from a base to a peer. */
  unreachable(base: TransportAddress, remote: TransportAddress): void;
}

/**
 * The ways between the agent and its peers that are not simply a socket's own: TURN allocations, and the connections of active TCP
 * candidates. To the check list each of them is a base like any other.
 */
export class Detours {
  readonly relays: Relays;
  readonly connections: ConnectionRequests;
  readonly #active: ActiveBases;
  readonly #transmit: (datagram: Datagram) => void;

  constructor(context: TurnContext, outcome: DetoursOutcome) {
    this.#transmit = context.transmit;
    this.connections = new ConnectionRequests(
      (connection) => outcome.connectionWanted(connection),
      (local) => outcome.connectionUnwanted(local),
    );
    const unreachable = outcome.unreachable.bind(outcome);
    this.#active = new ActiveBases({ ...context, unreachable }, this.connections);
    this.relays = new Relays(context, this.connections, outcome);
  }

  /** The way out of an active TCP base, which has no socket of its own. */
  ofActive(base: TransportAddress): Relay | undefined {
    const isActive = base.protocol === "tcp" && base.port === ACTIVE_PORT;
    return isActive ? this.#active.relay(base) : undefined;
  }

  /** Sends a datagram the way that its base goes. */
  send(datagram: Datagram): void {
    const way = this.ofActive(datagram.local) ?? this.relays.of(datagram.local);
    if (way === undefined) this.#transmit(datagram);
    else way.send(datagram.data, datagram.remote);
  }

  /** What arrived on the connection of an active candidate, as from its base; undefined for anything else. */
  translate(datagram: Datagram): Datagram | undefined {
    return datagram.local.protocol === "tcp" ? this.#active.translate(datagram) : undefined;
  }

  /** A datagram that has left by a detour, as it was from the base to the peer; undefined for any other. */
  unwrap(datagram: Datagram): Datagram | undefined {
    return this.translate(datagram) ?? this.relays.unwrap(datagram);
  }

  /** A connection has ended. */
  disconnected(local: TransportAddress, now: Millis): void {
    this.#active.disconnected(local);
    this.relays.disconnected(local, now);
  }

  /** An ICE restart: what had failed may be tried again. */
  restart(): void {
    this.#active.restart();
    this.relays.restart();
  }

  /** Gives back what there is. */
  close(): void {
    this.connections.clear();
    this.relays.close();
  }
}
