import { Discards } from "../../core/stage/discards.ts";
import { type Clock, MAX_BATCH } from "../../core/stage/mod.ts";
import {
  canonicalIp,
  type Datagram,
  ipVersion,
  type TransportAddress,
} from "../../core/wire/mod.ts";
import { AcceptedConnections, type TcpListener } from "../../transport/accepted_connections.ts";
import type { Network } from "../../transport/network.ts";
import type { DatagramSocket, OnRefused } from "../../transport/datagram_socket.ts";
import { Refusals } from "../../transport/refusals.ts";
import { SimultaneousOpen } from "../../transport/simultaneous_open.ts";
import type { TcpOptions, TcpSocket } from "../../transport/tcp_socket.ts";
import type { UdpDiscard, UdpSocket } from "../../transport/udp_socket.ts";
import type { LinkModel } from "./link.ts";
import type { Drop, Packet } from "./packet.ts";

/** The first port that a host gives away by itself (RFC 6335 section 6). */
const FIRST_DYNAMIC_PORT = 49_152;

/** What a host needs of the network that it is in. */
export interface Surroundings {
  readonly clock: Clock;
  send(packet: Packet): void;
  connectTcp(ip: string, remote: TransportAddress): Promise<TcpSocket>;
  listenTcp(ip: string, port: number, accept: (socket: TcpSocket) => void): () => void;
  meetTcp(local: TransportAddress, remote: TransportAddress): Promise<TcpSocket>;
  resolve(host: string): readonly string[];
  resolveMdns(name: string): Promise<string | undefined>;
}

/** A machine of the virtual network. */
export class Host implements Network {
  readonly clock: Clock;
  /** The wire to this host, both ways. Change it at any time. */
  readonly link: LinkModel;
  /** The `.local` names that it answers for, within its own network. */
  readonly mdnsNames: Map<string, string> = new Map();
  /** Which packets its system does not take from its sockets, as where a firewall forbids them. */
  refuses: (packet: Packet) => boolean = () => false;
  /** Its addresses: {@linkcode Host.readdress} changes them. */
  ips: readonly string[];
  readonly #surroundings: Surroundings;
  readonly #sockets = new Map<string, VirtualSocket>();
  readonly #connections = new Set<TcpSocket>();
  readonly #listeners = new Set<TcpListener>();
  #nextPort = FIRST_DYNAMIC_PORT;

  constructor(ips: readonly string[], link: LinkModel, surroundings: Surroundings) {
    this.ips = ips;
    this.link = link;
    this.clock = surroundings.clock;
    this.#surroundings = surroundings;
  }

  /** The sockets that are open: a stack that has closed leaves none. */
  get sockets(): readonly DatagramSocket[] {
    return [...this.#sockets.values(), ...this.#connections, ...this.#listeners];
  }

  addresses(): string[] {
    return [...this.ips];
  }

  openUdp(ip: string, port = 0): Promise<UdpSocket> {
    const wanted = canonicalIp(ip);
    const local = wanted === "0.0.0.0" ? this.ips.find((ip) => ipVersion(ip) === 4) : wanted;
    if (local === undefined || !this.ips.includes(local)) {
      return Promise.reject(new Error(`${ip} is not an address of this host`));
    }
    const address: TransportAddress = {
      ip: local,
      port: port || this.#freePort(local),
      protocol: "udp",
    };
    const key = keyOf(address);
    if (this.#sockets.has(key)) return Promise.reject(new Error(`${key} is in use`));
    const socket = new VirtualSocket(
      address,
      (packet) => {
        const isTaken = !this.refuses(packet);
        if (isTaken) this.#surroundings.send(packet);
        return isTaken;
      },
      () => void this.#sockets.delete(key),
    );
    this.#sockets.set(key, socket);
    return Promise.resolve(socket);
  }

  async connectTcp(remote: TransportAddress, options: TcpOptions): Promise<TcpSocket> {
    const local = this.ips.find((ip) => ipVersion(ip) === ipVersion(remote.ip));
    if (local === undefined) throw new Error(`No way to ${remote.ip}`);
    const socket = await this.#surroundings.connectTcp(local, remote);
    if (options.signal?.aborted) {
      socket.close();
      throw new DOMException("Given up", "AbortError");
    }
    this.#connections.add(socket);
    void socket.closed.then(() => this.#connections.delete(socket));
    return socket;
  }

  listenTcp(ip: string, port = 0): Promise<TcpListener> {
    if (!this.ips.includes(ip)) return Promise.reject(new Error(`${ip} is not this host's`));
    const local: TransportAddress = { ip, port: port || this.#nextPort++, protocol: "tcp" };
    const stop = this.#surroundings.listenTcp(
      ip,
      local.port,
      (socket) => listener.take(socket),
    );
    const listener = new AcceptedConnections(local, this.clock, () => {
      stop();
      this.#listeners.delete(listener);
    });
    this.#listeners.add(listener);
    return Promise.resolve(listener);
  }

  openTcp(ip: string, port = 0): Promise<SimultaneousOpen> {
    if (!this.ips.includes(ip)) return Promise.reject(new Error(`${ip} is not this host's`));
    const local: TransportAddress = { ip, port: port || this.#nextPort++, protocol: "tcp" };
    return Promise.resolve(
      new SimultaneousOpen(
        local,
        this.clock,
        (remote) => this.#surroundings.meetTcp(local, remote),
      ),
    );
  }

  resolve(host: string, family?: 4 | 6): Promise<string[]> {
    const literal = canonicalIp(host);
    const found = literal === undefined ? this.#surroundings.resolve(host) : [literal];
    return Promise.resolve(
      found.filter((ip) => family === undefined || ipVersion(ip) === family),
    );
  }

  resolveMdns(name: string, signal?: AbortSignal): Promise<string | undefined> {
    if (signal?.aborted) return Promise.resolve(undefined);
    return this.#surroundings.resolveMdns(name);
  }

  publishMdns(ip: string, signal: AbortSignal): Promise<string> {
    const name = `${crypto.randomUUID()}.local`;
    this.mdnsNames.set(name, ip);
    signal.addEventListener("abort", () => this.mdnsNames.delete(name));
    return Promise.resolve(name);
  }

  /** Takes other addresses, as a machine that changes from Wi-Fi to mobile does. Sockets on lost addresses go silent. */
  readdress(...ips: readonly string[]): void {
    this.ips = ips;
  }

  /** Hands a packet to its socket. */
  deliver(packet: Packet): Drop | undefined {
    const socket = this.#sockets.get(keyOf(packet.destination));
    if (socket === undefined || !this.ips.includes(packet.destination.ip)) return "no-socket";
    socket.arrive(packet);
    return undefined;
  }

  #freePort(ip: string): number {
    while (this.#sockets.has(`${ip} ${this.#nextPort}`)) this.#nextPort++;
    return this.#nextPort++;
  }
}

function keyOf({ ip, port }: TransportAddress): string {
  return `${ip} ${port}`;
}

class VirtualSocket implements UdpSocket {
  readonly readable: ReadableStream<readonly Datagram[]>;
  readonly writable: WritableStream<readonly Datagram[]>;
  readonly discards: Discards<UdpDiscard> = new Discards();
  readonly #refusals = new Refusals(this.discards);
  #controller!: ReadableStreamDefaultController<readonly Datagram[]>;
  #batch: Datagram[] = [];
  #closed = false;
  readonly #onClose: () => void;

  constructor(
    readonly local: TransportAddress,
    send: (packet: Packet) => boolean,
    onClose: () => void,
  ) {
    this.#onClose = onClose;
    this.readable = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      cancel: () => this.close(),
    }, { highWaterMark: Infinity });
    this.writable = new WritableStream({
      write: (batch) => {
        if (this.#closed) return this.#refusals.add("closed", ...batch);
        if (batch.length > MAX_BATCH) throw new RangeError(`A batch of ${batch.length}`);
        // Like a system, it copies: whoever wrote may use the buffer again.
        for (const datagram of batch) {
          const { data, remote } = datagram;
          const isTaken = send({ data: data.slice(), source: local, destination: remote });
          if (!isTaken) this.#refusals.add("send-failed", datagram);
        }
      },
      close: () => this.close(),
      abort: () => this.close(),
    });
  }

  /** What arrives at one moment makes one batch. */
  arrive({ data, source }: Packet): void {
    const batch = this.#batch;
    batch.push({ data, local: this.local, remote: source });
    if (batch.length === 1) queueMicrotask(() => this.#flush(batch));
    else if (batch.length === MAX_BATCH) this.#flush(batch);
  }

  watch(onRefused: OnRefused): void {
    this.#refusals.onRefused = onRefused;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose();
    try {
      this.#controller.close();
    } catch { /* cancelled: closed already */ }
  }

  #flush(batch: Datagram[]): void {
    if (batch !== this.#batch) return; // was full, and has gone already
    this.#batch = [];
    if (!this.#closed) this.#controller.enqueue(batch);
  }
}
