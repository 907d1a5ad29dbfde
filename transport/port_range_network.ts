import type { DatagramSocket } from "./datagram_socket.ts";
import type { Network } from "./network.ts";
import { NetworkDecorator } from "./network_decorator.ts";

/** Ports, both ends included. */
export interface PortRange {
  /** The first, 1 to 65535. */
  readonly min: number;
  /** The last, no less than the first. */
  readonly max: number;
}

/** A network that opens sockets only on ports of a range, such as a firewall lets through. */
export class PortRangeNetwork extends NetworkDecorator {
  readonly #range: PortRange;
  /** Goes round, so that a port that has just been closed is not the next one to be opened. */
  #next: number;

  /** All connections that share the range have to share this network. */
  constructor(inner: Network, range: PortRange) {
    super(inner);
    this.#range = range;
    this.#next = range.min;
  }

  /** Rejects if no port of the range can be opened. */
  override openUdp(ip: string, port = 0): Promise<DatagramSocket> {
    if (port !== 0) return super.openUdp(ip, port);
    return this.#first((port) => super.openUdp(ip, port));
  }

  /** Rejects if no port of the range can be opened. */
  override listenTcp(ip: string, port = 0): Promise<DatagramSocket> {
    if (port !== 0) return super.listenTcp(ip, port);
    return this.#first((port) => super.listenTcp(ip, port));
  }

  /** Rejects if no port of the range can be opened. */
  override openTcp(ip: string, port = 0): Promise<DatagramSocket> {
    if (port !== 0) return super.openTcp(ip, port);
    return this.#first((port) => super.openTcp(ip, port));
  }

  /** What can be opened on the first port that is free; rejects with the last reason if none is. */
  async #first<T>(open: (port: number) => Promise<T>): Promise<T> {
    const { min, max } = this.#range;
    let reason: unknown;
    for (let tries = max - min + 1; tries > 0; tries--) {
      const port = this.#next;
      this.#next = port >= max ? min : port + 1;
      try {
        return await open(port);
      } catch (error) {
        reason = error;
      }
    }
    throw new Error(`No port from ${min} to ${max} can be opened`, { cause: reason });
  }
}
