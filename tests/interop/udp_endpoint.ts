import { emptyOutputs } from "../../core/stage/mod.ts";
import type { DtlsEndpoint, DtlsEvent } from "../../dtls/mod.ts";

/** Runs a `DtlsEndpoint` over a UDP socket on the loopback interface, against another program. */
export class UdpEndpoint {
  readonly received: Uint8Array[] = [];
  readonly #socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  readonly #endpoint: DtlsEndpoint;
  #peer: Deno.NetAddr | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiting: (() => void)[] = [];
  readonly #reading: Promise<void>;

  /** `peerPort` is where to send to; a server learns it from the first datagram. */
  constructor(endpoint: DtlsEndpoint, peerPort?: number) {
    this.#endpoint = endpoint;
    if (peerPort !== undefined) {
      this.#peer = { transport: "udp", hostname: "127.0.0.1", port: peerPort };
    }
    this.#reading = this.#read();
  }

  get port(): number {
    return (this.#socket.addr as Deno.NetAddr).port;
  }

  run(mutate: (endpoint: DtlsEndpoint, now: number) => void): void {
    mutate(this.#endpoint, performance.now());
    const out = emptyOutputs<Uint8Array, Uint8Array, DtlsEvent>();
    this.#endpoint.poll(out);
    this.received.push(...out.above);
    for (const datagram of out.below) {
      if (this.#peer !== undefined) this.#socket.send(datagram, this.#peer).catch(() => {});
    }
    clearTimeout(this.#timer);
    const at = this.#endpoint.nextTimeout;
    if (at !== undefined) {
      const delay = Math.max(0, at - performance.now());
      this.#timer = setTimeout(() => this.run((e, now) => e.handleTimeout(now)), delay);
    }
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Waits until `condition` holds; fails after `limit` milliseconds. */
  async until(condition: () => boolean, limit = 10_000): Promise<void> {
    let expired = false;
    const timer = setTimeout(() => {
      expired = true;
      for (const wake of this.#waiting.splice(0)) wake();
    }, limit);
    try {
      while (!condition()) {
        if (expired) throw new Error(`Did not happen within ${limit} ms: ${condition}`);
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#socket.close();
    await this.#reading;
  }

  async #read(): Promise<void> {
    for await (const [data, from] of this.#socket) {
      this.#peer = from as Deno.NetAddr;
      this.run((endpoint, now) => endpoint.handleInbound([data.slice()], now));
    }
  }
}
