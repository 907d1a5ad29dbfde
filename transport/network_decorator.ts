import type { Clock } from "../core/stage/clock.ts";
import type { TransportAddress } from "../core/wire/address.ts";
import type { DatagramSocket } from "./datagram_socket.ts";
import type { Network } from "./network.ts";
import type { TcpOptions, TcpSocket } from "./tcp_socket.ts";

/** A network that is another one but for what is overridden. */
export class NetworkDecorator implements Network {
  /** What it decorates. */
  protected readonly inner: Network;

  /** Adds nothing yet. */
  constructor(inner: Network) {
    this.inner = inner;
  }

  get clock(): Clock {
    return this.inner.clock;
  }

  addresses(): string[] {
    return this.inner.addresses();
  }

  openUdp(ip: string, port?: number): Promise<DatagramSocket> {
    return this.inner.openUdp(ip, port);
  }

  connectTcp(remote: TransportAddress, options: TcpOptions): Promise<TcpSocket> {
    return this.inner.connectTcp(remote, options);
  }

  async listenTcp(ip: string, port?: number): Promise<DatagramSocket> {
    if (this.inner.listenTcp === undefined) throw new Error("This network does not listen");
    return await this.inner.listenTcp(ip, port);
  }

  async openTcp(ip: string, port?: number): Promise<DatagramSocket> {
    if (this.inner.openTcp === undefined) throw new Error("This network chooses its ports itself");
    return await this.inner.openTcp(ip, port);
  }

  resolve(host: string, family?: 4 | 6): Promise<string[]> {
    return this.inner.resolve(host, family);
  }

  resolveMdns(name: string, signal?: AbortSignal): Promise<string | undefined> {
    return this.inner.resolveMdns(name, signal);
  }

  async publishMdns(ip: string, signal: AbortSignal): Promise<string> {
    if (this.inner.publishMdns === undefined) throw new Error("This network knows of no mDNS");
    return await this.inner.publishMdns(ip, signal);
  }
}
