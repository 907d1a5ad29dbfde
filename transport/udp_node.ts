import { createSocket, type Socket } from "node:dgram";
import { Discards } from "../core/stage/discards.ts";
import { MAX_BATCH } from "../core/stage/stage.ts";
import { type Datagram, ipVersion, type TransportAddress } from "../core/wire/address.ts";
import { AddressCache } from "./address_cache.ts";
import { mayBind } from "./net_permission.ts";
import type { OnRefused } from "./datagram_socket.ts";
import { Refusals } from "./refusals.ts";
import { QUEUED_BATCHES, type UdpDiscard, type UdpOptions, type UdpSocket } from "./udp_socket.ts";

/** Opens a socket of `node:dgram`, for where `Deno.listenDatagram` is missing. Rejects as binding does: no such address, port in use. */
export async function openNodeUdp(options: UdpOptions): Promise<UdpSocket> {
  const { ip, port = 0 } = options;
  if (!mayBind(ip, port, { ask: true })) throw new Error(`No permission for UDP on ${ip}:${port}`);
  const socket = createSocket(ipVersion(ip) === 6 ? "udp6" : "udp4");
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, ip, () => {
      socket.off("error", reject);
      resolve();
    });
  });
  return new NodeUdpSocket(socket, options.shownIp ?? ip);
}

/**
 * Streams over a `node:dgram` socket.
 *
 * It pushes what it receives, and can't be told to wait: so what arrives within a turn is gathered to a batch, and what a slow
 * reader leaves lying beyond the bound is dropped here instead of in the kernel.
 */
class NodeUdpSocket implements UdpSocket {
  readonly local: TransportAddress;
  readonly readable: ReadableStream<readonly Datagram[]>;
  readonly writable: WritableStream<readonly Datagram[]>;
  readonly discards: Discards<UdpDiscard> = new Discards();
  readonly #refusals = new Refusals(this.discards);

  readonly #socket: Socket;
  readonly #remotes = new AddressCache();
  #controller!: ReadableStreamDefaultController<readonly Datagram[]>;
  #batch: Datagram[] = [];
  #closed = false;

  constructor(socket: Socket, ip: string) {
    this.#socket = socket;
    this.local = { ip, port: socket.address().port, protocol: "udp" };
    this.readable = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      cancel: () => this.close(),
    }, { highWaterMark: QUEUED_BATCHES });
    this.writable = new WritableStream({
      write: (batch) => this.#sendBatch(batch),
      close: () => this.close(),
      abort: () => this.close(),
    });
    socket.on("message", (data, { address, port }) => this.#received(data, address, port));
    socket.on("error", () => this.discards.add("receive-failed"));
    socket.on("close", () => this.close());
  }

  watch(onRefused: OnRefused): void {
    this.#refusals.onRefused = onRefused;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#batch = [];
    try {
      this.#socket.close();
    } catch { /* closed already, by itself */ }
    try {
      this.#controller.close();
    } catch { /* cancelled: closed already */ }
  }

  #received(buffer: Uint8Array, ip: string, port: number): void {
    if (this.#closed) return;
    const data = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    const batch = this.#batch;
    batch.push({ data, local: this.local, remote: this.#remotes.of(ip, port) });
    if (batch.length === MAX_BATCH) this.#flush(batch);
    else if (batch.length === 1) setImmediate(() => this.#flush(batch));
  }

  #flush(batch: Datagram[]): void {
    if (this.#batch !== batch || this.#closed) return; // was full, and has gone already
    this.#batch = [];
    if (this.#controller.desiredSize! > 0) this.#controller.enqueue(batch);
    else this.discards.add("overflow", batch.length);
  }

  async #sendBatch(batch: readonly Datagram[]): Promise<void> {
    for (const datagram of batch) {
      const { data, remote } = datagram;
      if (this.#closed) this.#refusals.add("closed", datagram);
      else if (ipVersion(remote.ip) === undefined) this.#refusals.add("not-literal", datagram);
      else if (!await this.#send(data, remote)) {
        this.#refusals.add(this.#closed ? "closed" : "send-failed", datagram);
      }
    }
  }

  #send(data: Uint8Array, { ip, port }: TransportAddress): Promise<boolean> {
    return new Promise((resolve) => {
      try {
        this.#socket.send(data, port, ip, (error) => resolve(!error));
      } catch {
        resolve(false);
      }
    });
  }
}
