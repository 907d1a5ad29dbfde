import { Discards } from "../core/stage/discards.ts";
import { MAX_BATCH } from "../core/stage/stage.ts";
import { type Datagram, ipVersion, type TransportAddress } from "../core/wire/address.ts";
import { AddressCache } from "./address_cache.ts";
import { givePlace, keep, takePlace } from "./receive_memory.ts";
import type { OnRefused } from "./datagram_socket.ts";
import { Refusals } from "./refusals.ts";
import {
  MAX_PER_TURN,
  MAX_RECEIVE_FAILURES,
  QUEUED_BATCHES,
  type UdpDiscard,
  type UdpOptions,
  type UdpSocket,
} from "./udp_socket.ts";

/** Turns of the microtask queue after which a receive that could be satisfied at once has been; measured: two. */
const READY_WITHIN = 4;

/** Opens a socket of `Deno.listenDatagram`. Throws what that throws: no permission, no such address, port in use. */
export function openDenoUdp(options: UdpOptions): UdpSocket {
  const connection = Deno.listenDatagram({
    transport: "udp",
    hostname: options.ip,
    port: options.port ?? 0,
  });
  return new DenoUdpSocket(connection, options.shownIp ?? options.ip);
}

/**
 * Streams over a `Deno.DatagramConn` (ARCHITECTURE.md section 5).
 *
 * There is only ever one pending receive, since several resolve last-in-first-out; each send is awaited, since un-awaited ones
 * leave out of order.
 */
class DenoUdpSocket implements UdpSocket {
  readonly local: TransportAddress;
  readonly readable: ReadableStream<readonly Datagram[]>;
  readonly writable: WritableStream<readonly Datagram[]>;
  readonly discards: Discards<UdpDiscard> = new Discards();
  readonly #refusals = new Refusals(this.discards);

  readonly #connection: Deno.DatagramConn;
  readonly #remotes = new AddressCache();
  #controller!: ReadableStreamDefaultController<readonly Datagram[]>;
  #pending: PendingReceive | undefined;
  readonly #place = takePlace();
  #takenThisTurn = 0;
  #destination: { of: TransportAddress; address: Deno.NetAddr } | undefined;
  #closed = false;

  constructor(connection: Deno.DatagramConn, ip: string) {
    this.#connection = connection;
    this.local = { ip, port: (connection.addr as Deno.NetAddr).port, protocol: "udp" };
    this.readable = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#receiveBatch(),
      cancel: () => this.close(),
    }, { highWaterMark: QUEUED_BATCHES });
    this.writable = new WritableStream({
      write: (batch) => this.#sendBatch(batch),
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
    this.#connection.close(); // the pending receive ends with an error, which #receiveBatch expects
    void this.#leavePlace();
    try {
      this.#controller.close();
    } catch { /* cancelled: closed already */ }
  }

  /** Waits for one datagram, then takes what else is there: a batch costs no more waiting than a single one. */
  async #receiveBatch(): Promise<void> {
    if (this.#takenThisTurn >= MAX_PER_TURN) await this.#giveWay();
    const batch: Datagram[] = [];
    for (let failures = 0; !this.#closed && batch.length < MAX_BATCH;) {
      const receive = this.#pending ??= this.#receive();
      if (!receive.settled && !await settlesAtOnce(receive)) {
        this.#takenThisTurn = 0;
        if (batch.length > 0) break;
        await receive.promise;
      }
      this.#pending = undefined;
      if (receive.result === undefined) {
        if (this.#closed) return;
        this.discards.add("receive-failed");
        if (++failures > MAX_RECEIVE_FAILURES) return this.close();
        continue;
      }
      const [data, from] = receive.result;
      const { hostname, port } = from as Deno.NetAddr;
      batch.push({ data: keep(data), local: this.local, remote: this.#remotes.of(hostname, port) });
    }
    this.#takenThisTurn += batch.length;
    if (!this.#closed) this.#controller.enqueue(batch);
  }

  async #giveWay(): Promise<void> {
    this.#takenThisTurn = 0;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }

  #receive(): PendingReceive {
    return new PendingReceive(this.#connection.receive(this.#place));
  }

  /** Not before the last receive has ended: until then the system may write there. */
  async #leavePlace(): Promise<void> {
    await this.#pending?.promise;
    givePlace(this.#place);
  }

  async #sendBatch(batch: readonly Datagram[]): Promise<void> {
    for (const datagram of batch) {
      if (this.#closed) {
        this.#refusals.add("closed", datagram);
        continue;
      }
      const address = this.#addressOf(datagram.remote);
      if (address === undefined) {
        this.#refusals.add("not-literal", datagram);
        continue;
      }
      try {
        await this.#connection.send(datagram.data, address);
      } catch {
        this.#refusals.add(this.#closed ? "closed" : "send-failed", datagram);
      }
    }
  }

  #addressOf(remote: TransportAddress): Deno.NetAddr | undefined {
    if (this.#destination?.of === remote) return this.#destination.address;
    if (ipVersion(remote.ip) === undefined) return undefined;
    const address: Deno.NetAddr = { transport: "udp", hostname: remote.ip, port: remote.port };
    this.#destination = { of: remote, address };
    return address;
  }
}

type Received = [Uint8Array, Deno.Addr];

/** A receive whose outcome can be looked at without waiting for it. */
class PendingReceive {
  settled = false;
  /** Undefined until it has settled, and if it failed. */
  result: Received | undefined;
  /** Never rejects. */
  readonly promise: Promise<void>;

  constructor(receive: Promise<Received>) {
    this.promise = receive.then(
      (result) => {
        this.result = result;
        this.settled = true;
      },
      () => {
        this.settled = true;
      },
    );
  }
}

async function settlesAtOnce(receive: PendingReceive): Promise<boolean> {
  for (let turn = 0; turn < READY_WITHIN && !receive.settled; turn++) await null;
  return receive.settled;
}
