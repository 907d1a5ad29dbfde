import type { TransportAddress } from "../../core/wire/mod.ts";
import {
  SystemNetwork,
  type TcpOptions,
  type TcpSocket,
  type UdpSocket,
} from "../../transport/mod.ts";

/** The machine's network, which knows when everything that was opened on it has closed: a connection's `close` does not wait for it. */
export class TrackedNetwork extends SystemNetwork {
  readonly #open = new Set<Promise<void>>();

  override async openUdp(ip: string, port?: number): Promise<UdpSocket> {
    const socket = await super.openUdp(ip, port);
    const { promise, resolve } = Promise.withResolvers<void>();
    const close = socket.close.bind(socket);
    socket.close = () => {
      close();
      resolve();
    };
    this.#open.add(promise);
    return socket;
  }

  override async connectTcp(remote: TransportAddress, options: TcpOptions): Promise<TcpSocket> {
    const socket = await super.connectTcp(remote, options);
    this.#open.add(socket.closed);
    return socket;
  }

  /** Settles when the last socket has closed, and what it leaves behind has run. */
  async closed(): Promise<void> {
    await Promise.all(this.#open);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
