import type { Millis } from "../core/stage/layer.ts";
import type { DatagramSocket } from "./datagram_socket.ts";
import type { Network } from "./network.ts";
import { NetworkDecorator } from "./network_decorator.ts";
import { type Share, SharedPort } from "./shared_port.ts";

/** Pauses before a port that could not be opened is tried again, in milliseconds. */
const RETRY_AFTER: readonly Millis[] = [5, 20, 100];

/** Which ports connections share. */
export interface SharedPorts {
  /** The UDP port, 1 to 65535; without one, each connection has ports of its own. */
  readonly udpPort?: number;
  /** The TCP port that is listened on, 1 to 65535; likewise. */
  readonly tcpPort?: number;
  /** A socket of the caller's, which stays open when connections have closed; its address is the only one that is used. */
  readonly udpSocket?: DatagramSocket;
}

/**
 * A network whose connections all share a port on each address, as is needed where a firewall or a container lets just one through.
 *
 * The port is opened for the first connection and closed after the last.
 *
 * @example
 * ```ts
 * import { SharedPortNetwork, SystemNetwork } from "@heron/webrtc/transport";
 * import { assertEquals } from "@std/assert";
 *
 * const system = new SystemNetwork({ addresses: ["127.0.0.1"] });
 * const own = await system.openUdp("127.0.0.1");
 * const network = new SharedPortNetwork(system, { udpSocket: own });
 * const [a, b] = [await network.openUdp("127.0.0.1"), await network.openUdp("127.0.0.1")];
 * assertEquals([a.local.port, b.local.port], [own.local.port, own.local.port]);
 * a.claim!("fragment"); // checks for whom are Alice's
 * own.close();
 * ```
 */
export class SharedPortNetwork extends NetworkDecorator {
  readonly #shared: SharedPorts;
  readonly #ports = new Map<string, Promise<SharedPort>>();
  readonly #given: SharedPort | undefined;

  /** Throws a TypeError if the socket's streams are in use already. */
  constructor(inner: Network, shared: SharedPorts) {
    super(inner);
    this.#shared = shared;
    const { udpSocket } = shared;
    this.#given = udpSocket &&
      new SharedPort(udpSocket, { clock: this.clock, outlivesShares: true });
  }

  /** That of the socket which the caller gave, else those of the machine. */
  override addresses(): string[] {
    const { udpSocket } = this.#shared;
    return udpSocket === undefined ? super.addresses() : [udpSocket.local.ip];
  }

  /** A share of the port, unless a port is named. */
  override async openUdp(ip: string, port?: number): Promise<DatagramSocket> {
    if (port !== undefined) return await super.openUdp(ip, port);
    if (this.#given !== undefined) return this.#given.share();
    const { udpPort } = this.#shared;
    if (udpPort === undefined) return await super.openUdp(ip);
    return await this.#share(`udp ${ip}`, () => super.openUdp(ip, udpPort));
  }

  /** A share of the port, unless a port is named. */
  override async listenTcp(ip: string, port?: number): Promise<DatagramSocket> {
    const { tcpPort } = this.#shared;
    if (port !== undefined || tcpPort === undefined) return await super.listenTcp(ip, port);
    return await this.#share(`tcp ${ip}`, () => super.listenTcp(ip, tcpPort));
  }

  async #share(key: string, open: () => Promise<DatagramSocket>): Promise<Share> {
    return (await (this.#ports.get(key) ?? this.#open(key, open))).share();
  }

  /** Whoever comes while the port is being opened waits for it. */
  #open(key: string, open: () => Promise<DatagramSocket>): Promise<SharedPort> {
    const forget = () => void this.#ports.delete(key);
    const opening = this.#insist(open).then((socket) =>
      new SharedPort(socket, { clock: this.clock, onClose: forget })
    );
    opening.catch(forget);
    this.#ports.set(key, opening);
    return opening;
  }

  /** The last connection may have closed just now, and the system frees its port only a little later. */
  async #insist(open: () => Promise<DatagramSocket>): Promise<DatagramSocket> {
    for (const pause of RETRY_AFTER) {
      try {
        return await open();
      } catch {
        await new Promise<void>((resolve) => this.clock.after(pause, resolve));
      }
    }
    return await open();
  }
}
