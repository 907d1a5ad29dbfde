import type { Clock } from "../core/stage/clock.ts";
import { Discards } from "../core/stage/discards.ts";
import type { Millis } from "../core/stage/layer.ts";
import {
  addressKey,
  type Datagram,
  sameAddress,
  type TransportAddress,
} from "../core/wire/address.ts";
import type { DatagramSocket, OnRefused } from "./datagram_socket.ts";
import { Refusals } from "./refusals.ts";
import { readStunHeader } from "./stun_header.ts";
import type { TcpSocket } from "./tcp_socket.ts";

/** Connections that one listener keeps; more are closed at once. */
export const MAX_ACCEPTED = 256;

/** Of these, connections on which no check has been answered yet. The oldest of them makes room: it has had its time. */
export const MAX_UNPROVEN = 32;

/** How long a connection has to bring a check that deserves a success response, in milliseconds. */
export const PROOF_WITHIN: Millis = 10_000;

/** Batches that wait for a slow reader, all connections together; beyond that the connections are not read. */
const QUEUED_BATCHES = 8;

/** Why a listener dropped a connection or a datagram. */
export type TcpListenerDiscard =
  /** A connection that came while there were {@linkcode MAX_ACCEPTED}. */
  | "too-many-connections"
  /** A connection that made room for a newer one before it had brought a check. */
  | "crowded-out"
  /** A connection that brought no check in time. */
  | "silent"
  /** A datagram for somebody who is not connected. */
  | "not-connected";

/** A socket that listens: what arrives on all the connections that it has accepted, told apart by `remote`. */
export interface TcpListener extends DatagramSocket {
  /** What was dropped, by reason. */
  readonly discards: Discards<TcpListenerDiscard>;
}

interface Connection {
  readonly socket: TcpSocket;
  readonly writer: WritableStreamDefaultWriter<readonly Datagram[]>;
  /** Undefined once it has brought a check that was answered. */
  cancelTimer: (() => void) | undefined;
}

/**
 * The connections that were made to one address, as a single socket: the base of a passive TCP candidate (RFC 6544 section 5.1) is then a
 * base like one of UDP.
 *
 * Anybody can connect and say nothing. So a connection is on trial until this side has sent a Binding success response on it, which an
 * agent does only for a check that knows its password.
 */
export class AcceptedConnections implements TcpListener {
  readonly local: TransportAddress;
  readonly readable: ReadableStream<readonly Datagram[]>;
  readonly writable: WritableStream<readonly Datagram[]>;
  readonly discards: Discards<TcpListenerDiscard> = new Discards();
  readonly #refusals = new Refusals(this.discards);
  readonly #clock: Clock;
  readonly #onClose: () => void;
  readonly #connections = new Map<string, Connection>();
  /** In the order in which they came. */
  readonly #unproven = new Set<Connection>();
  #controller!: ReadableStreamDefaultController<readonly Datagram[]>;
  #waitingPumps: (() => void)[] = [];
  #closed = false;

  /** `onClose` stops whoever accepts. */
  constructor(local: TransportAddress, clock: Clock, onClose: () => void) {
    this.local = local;
    this.#clock = clock;
    this.#onClose = onClose;
    this.readable = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#resumePumps(),
      cancel: () => this.close(),
    }, { highWaterMark: QUEUED_BATCHES });
    this.writable = new WritableStream({
      write: (batch) => this.#send(batch),
      close: () => this.close(),
      abort: () => this.close(),
    });
  }

  /** Whether it takes no connections any more. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** How many connections there are. */
  get size(): number {
    return this.#connections.size;
  }

  /** Takes a connection over. Its own `local` has to be that of the listener. */
  take(socket: TcpSocket): void {
    if (this.#closed) return socket.close();
    if (this.#connections.size >= MAX_ACCEPTED) {
      this.discards.add("too-many-connections");
      return socket.close();
    }
    if (this.#unproven.size >= MAX_UNPROVEN) {
      const [oldest] = this.#unproven;
      this.#drop(oldest!, "crowded-out");
    }
    socket.watch?.((datagram) => this.#refusals.onRefused(datagram));
    const connection: Connection = {
      socket,
      writer: socket.writable.getWriter(),
      cancelTimer: this.#clock.after(PROOF_WITHIN, () => this.#drop(connection, "silent")),
    };
    this.#connections.set(addressKey(socket.remote), connection);
    this.#unproven.add(connection);
    void this.#pump(connection);
  }

  watch(onRefused: OnRefused): void {
    this.#refusals.onRefused = onRefused;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose();
    for (const connection of [...this.#connections.values()]) this.#forget(connection);
    this.#resumePumps();
    try {
      this.#controller.close();
    } catch { /* cancelled: closed already */ }
  }

  #drop(connection: Connection, reason: TcpListenerDiscard): void {
    this.discards.add(reason);
    this.#forget(connection);
  }

  #forget(connection: Connection): void {
    this.#prove(connection);
    const key = addressKey(connection.socket.remote);
    if (this.#connections.get(key) === connection) this.#connections.delete(key);
    connection.socket.close();
  }

  #prove(connection: Connection): void {
    connection.cancelTimer?.();
    connection.cancelTimer = undefined;
    this.#unproven.delete(connection);
  }

  /** Carries batches from one connection until it closes. Never rejects. */
  async #pump(connection: Connection): Promise<void> {
    const reader = connection.socket.readable.getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done || this.#closed) break;
        this.#controller.enqueue(value);
        if (this.#controller.desiredSize! <= 0) await this.#demand();
      }
    } catch { /* a connection that breaks is one that has closed */ }
    this.#forget(connection);
  }

  #demand(): Promise<void> {
    return new Promise((resume) => this.#waitingPumps.push(resume));
  }

  #resumePumps(): void {
    for (const resume of this.#waitingPumps.splice(0)) resume();
  }

  /** Hands runs of datagrams for the same peer on together. A connection does not wait for its peer: what is too much, it drops. */
  #send(batch: readonly Datagram[]): void {
    for (let start = 0, end: number; start < batch.length; start = end) {
      const { remote } = batch[start]!;
      for (end = start + 1; end < batch.length && sameAddress(batch[end]!.remote, remote);) end++;
      const connection = this.#connections.get(addressKey(remote));
      if (connection === undefined) {
        this.#refusals.add("not-connected", ...batch.slice(start, end));
        continue;
      }
      const run = batch.slice(start, end);
      if (connection.cancelTimer !== undefined && run.some(({ data }) => isProof(data))) {
        this.#prove(connection);
      }
      connection.writer.write(run).catch(() => {}); // it has closed
    }
  }
}

function isProof(data: Uint8Array): boolean {
  const header = readStunHeader(data);
  return header !== undefined && header.isBinding && header.messageClass === "success";
}
