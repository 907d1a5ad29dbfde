import type { Clock } from "../core/stage/clock.ts";
import { Discards } from "../core/stage/discards.ts";
import type { Millis } from "../core/stage/layer.ts";
import { addressKey, type Datagram, type TransportAddress } from "../core/wire/address.ts";
import type { DatagramSocket, OnRefused } from "./datagram_socket.ts";
import { Refusals } from "./refusals.ts";
import type { TcpSocket } from "./tcp_socket.ts";

/** Peers that are being connected to, or are connected: a peer names the addresses, and each costs a socket. */
export const MAX_PEERS = 16;

/** Datagrams that wait for a connection: the check that made it necessary, and a few of its retransmissions. */
const MAX_WAITING = 4;

/** Batches that wait for a slow reader, all connections together; beyond that the connections are not read. */
const QUEUED_BATCHES = 8;

/** A connection that is refused is tried again after this long, in milliseconds: the peer may not be ready, or its own try have passed ours by. */
const RETRY_AFTER: Millis = 100;

/** By up to this much later: two that try in step would miss each other for ever. */
const RETRY_JITTER: Millis = 50;

/** How long a peer is tried, in milliseconds: as long as checks of ICE wait for an answer. */
const PATIENCE: Millis = 10_000;

/** Why a socket of simultaneous opens dropped datagrams. */
export type SimultaneousOpenDiscard =
  /** For a peer beyond {@linkcode MAX_PEERS}. */
  | "too-many-peers"
  /** They waited for a connection, and there were too many of them or it never came about. */
  | "not-connected";

/** Tries once to connect from the socket's own address to a peer. Rejects if it is refused. */
export type ConnectFrom = (remote: TransportAddress, signal: AbortSignal) => Promise<TcpSocket>;

/** A peer, and the connection with it once there is one. */
class Peer {
  readonly waiting: Datagram[] = [];
  readonly abort = new AbortController();
  socket: TcpSocket | undefined;
  writer: WritableStreamDefaultWriter<readonly Datagram[]> | undefined;

  constructor(readonly remote: TransportAddress) {}

  close(): void {
    this.abort.abort();
    this.socket?.close();
  }
}

/**
 * TCP connections from one port to peers that connect to it from theirs at the same time, as a single socket: the base of a simultaneous-open
 * candidate (RFC 6544 section 5.1) is then a base like one of UDP. Firewalls that let no connection in take the peer's for a part of ours.
 *
 * The first datagram for a peer begins to connect.
 */
export class SimultaneousOpen implements DatagramSocket {
  readonly local: TransportAddress;
  readonly readable: ReadableStream<readonly Datagram[]>;
  readonly writable: WritableStream<readonly Datagram[]>;
  /** What was dropped, by reason. */
  readonly discards: Discards<SimultaneousOpenDiscard> = new Discards();
  readonly #refusals = new Refusals(this.discards);
  readonly #clock: Clock;
  readonly #connect: ConnectFrom;
  readonly #peers = new Map<string, Peer>();
  #controller!: ReadableStreamDefaultController<readonly Datagram[]>;
  #waitingPumps: (() => void)[] = [];
  #closed = false;

  /** `connect` connects from `local`. */
  constructor(local: TransportAddress, clock: Clock, connect: ConnectFrom) {
    this.local = local;
    this.#clock = clock;
    this.#connect = connect;
    this.readable = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#resumePumps(),
      cancel: () => this.close(),
    }, { highWaterMark: QUEUED_BATCHES });
    this.writable = new WritableStream({
      write: (batch) => batch.forEach((datagram) => this.#send(datagram)),
      close: () => this.close(),
      abort: () => this.close(),
    });
  }

  watch(onRefused: OnRefused): void {
    this.#refusals.onRefused = onRefused;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const peer of this.#peers.values()) peer.close();
    this.#peers.clear();
    this.#resumePumps();
    try {
      this.#controller.close();
    } catch { /* cancelled: closed already */ }
  }

  #send(datagram: Datagram): void {
    if (this.#closed) return;
    const key = addressKey(datagram.remote);
    let peer = this.#peers.get(key);
    if (peer === undefined) {
      if (this.#peers.size >= MAX_PEERS) return this.#refusals.add("too-many-peers", datagram);
      this.#peers.set(key, peer = new Peer(datagram.remote));
      void this.#open(peer);
    }
    // A connection does not wait for its peer: what is too much, it drops.
    if (peer.writer !== undefined) peer.writer.write([datagram]).catch(() => {});
    else if (peer.waiting.length < MAX_WAITING) peer.waiting.push(datagram);
    else this.#refusals.add("not-connected", datagram);
  }

  /** Connects, carries what comes until the connection has closed, and forgets the peer. Never rejects. */
  async #open(peer: Peer): Promise<void> {
    const until = this.#clock.now() + PATIENCE;
    while (!peer.abort.signal.aborted && this.#clock.now() < until) {
      try {
        peer.socket = await this.#connect(peer.remote, peer.abort.signal);
        break;
      } catch {
        await this.#pause(RETRY_AFTER + Math.random() * RETRY_JITTER, peer.abort.signal);
      }
    }
    if (peer.socket !== undefined) await this.#carry(peer, peer.socket);
    if (peer.waiting.length > 0) this.#refusals.add("not-connected", ...peer.waiting);
    const key = addressKey(peer.remote);
    if (this.#peers.get(key) === peer) this.#peers.delete(key);
  }

  #pause(millis: Millis, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(millis, resolve);
      signal.addEventListener("abort", () => {
        cancel();
        resolve();
      }, { once: true });
    });
  }

  async #carry(peer: Peer, socket: TcpSocket): Promise<void> {
    if (peer.abort.signal.aborted) return socket.close();
    socket.watch?.((datagram) => this.#refusals.onRefused(datagram));
    peer.writer = socket.writable.getWriter();
    peer.writer.write(peer.waiting.splice(0)).catch(() => {});
    const reader = socket.readable.getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done || this.#closed) break;
        const { local } = this;
        const { remote } = peer;
        this.#controller.enqueue(value.map(({ data }) => ({ data, local, remote })));
        if (this.#controller.desiredSize! <= 0) await this.#demand();
      }
    } catch { /* a connection that breaks is one that has closed */ }
    socket.close();
  }

  #demand(): Promise<void> {
    return new Promise((resume) => this.#waitingPumps.push(resume));
  }

  #resumePumps(): void {
    for (const resume of this.#waitingPumps.splice(0)) resume();
  }
}
