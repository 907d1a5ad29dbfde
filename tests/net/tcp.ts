import { Discards, type Millis } from "../../core/stage/mod.ts";
import type { Datagram, TransportAddress } from "../../core/wire/mod.ts";
import type { TcpDiscard, TcpSocket } from "../../transport/tcp_socket.ts";
import type { Packet } from "./packet.ts";

/** How long a segment takes from one end to the other: as long as a packet over two plain links. */
const DELAY: Millis = 10;

/** What a connection needs of the network that it is in. */
export interface TcpWire {
  schedule(delay: Millis, run: () => void): void;
  blocked(packet: Packet): boolean;
}

/** One end of a virtual TCP connection. It loses nothing and keeps the order; what it is framed with does not show. */
export class VirtualTcpSocket implements TcpSocket {
  readonly readable: ReadableStream<readonly Datagram[]>;
  readonly writable: WritableStream<readonly Datagram[]>;
  readonly discards: Discards<TcpDiscard> = new Discards();
  readonly closed: Promise<void>;
  /** The other end. */
  peer: VirtualTcpSocket | undefined;
  #controller!: ReadableStreamDefaultController<readonly Datagram[]>;
  #ended!: () => void;
  #isClosed = false;

  constructor(
    readonly local: TransportAddress,
    readonly remote: TransportAddress,
    wire: TcpWire,
  ) {
    this.closed = new Promise((resolve) => this.#ended = resolve);
    this.readable = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      cancel: () => this.close(),
    }, { highWaterMark: Infinity });
    this.writable = new WritableStream({
      write: (batch) => {
        for (const { data } of batch) {
          const copy = data.slice();
          if (wire.blocked({ data: copy, source: local, destination: remote })) continue;
          wire.schedule(DELAY, () => this.peer?.arrive(copy));
        }
      },
      close: () => this.close(),
      abort: () => this.close(),
    });
    void this.closed.then(() => wire.schedule(DELAY, () => this.peer?.close()));
  }

  /** Takes what the other end has sent. */
  arrive(data: Uint8Array): void {
    if (this.#isClosed) return;
    this.#controller.enqueue([{ data, local: this.local, remote: this.remote }]);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      this.#controller.close();
    } catch { /* cancelled: closed already */ }
    this.#ended();
  }
}

/** Who takes the connections to one port. */
export type TcpListener = (socket: VirtualTcpSocket) => void;

/** The TCP of a virtual network: connections go past NATs and links, as if these let everything out. */
export class VirtualTcp {
  readonly #listeners = new Map<string, TcpListener>();
  /** Who has sent a SYN that is on its way, by both addresses. */
  readonly #meeting = new Map<string, TcpListener>();
  readonly #wire: TcpWire;
  #nextPort = 20_000;

  constructor(wire: TcpWire) {
    this.#wire = wire;
  }

  /** Takes connections, until the function that it returns is called. */
  listen(ip: string, port: number, accept: TcpListener): () => void {
    const key = `${ip} ${port}`;
    if (this.#listeners.has(key)) throw new Error(`${key} is in use`);
    this.#listeners.set(key, accept);
    return () => void this.#listeners.delete(key);
  }

  /** Connects from a port to one that connects back within this time; rejects where nobody does, or a rule blocks it. */
  meet(local: TransportAddress, remote: TransportAddress): Promise<VirtualTcpSocket> {
    const [key, counterpart] = [pairOf(local, remote), pairOf(remote, local)];
    const other = this.#meeting.get(counterpart);
    const syn = { data: new Uint8Array(), source: local, destination: remote };
    return new Promise((resolve, reject) => {
      if (this.#wire.blocked(syn)) {
        return this.#wire.schedule(2 * DELAY, () => reject(new Error("Connection refused")));
      }
      if (other !== undefined) {
        const [near, far] = this.#joined(local, remote);
        this.#meeting.delete(counterpart);
        this.#wire.schedule(DELAY, () => {
          other(far);
          resolve(near);
        });
        return;
      }
      this.#meeting.set(key, resolve);
      this.#wire.schedule(2 * DELAY, () => {
        if (this.#meeting.get(key) !== resolve) return;
        this.#meeting.delete(key);
        reject(new Error("Connection refused"));
      });
    });
  }

  #joined(
    local: TransportAddress,
    remote: TransportAddress,
  ): [near: VirtualTcpSocket, far: VirtualTcpSocket] {
    const near = new VirtualTcpSocket(local, remote, this.#wire);
    const far = new VirtualTcpSocket(remote, local, this.#wire);
    near.peer = far;
    far.peer = near;
    return [near, far];
  }

  /** Connects; rejects where nobody listens, or a rule blocks it. */
  connect(ip: string, remote: TransportAddress): Promise<VirtualTcpSocket> {
    const local: TransportAddress = { ip, port: this.#nextPort++, protocol: "tcp" };
    const accept = this.#listeners.get(`${remote.ip} ${remote.port}`);
    const syn = { data: new Uint8Array(), source: local, destination: remote };
    return new Promise((resolve, reject) => {
      this.#wire.schedule(2 * DELAY, () => {
        if (accept === undefined || this.#wire.blocked(syn)) {
          return reject(new Error("Connection refused"));
        }
        const [near, far] = this.#joined(local, remote);
        accept(far);
        resolve(near);
      });
    });
  }
}

function pairOf(from: TransportAddress, to: TransportAddress): string {
  return `${from.ip} ${from.port} ${to.ip} ${to.port}`;
}
