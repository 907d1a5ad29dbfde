import { canonicalIp, type TransportAddress } from "../core/wire/address.ts";

/** Remote addresses that are remembered: a flood of forged sources makes the cache forget, not grow. */
const MAX_ADDRESSES = 1024;

/** One object for each remote address, so that comparing the addresses of datagrams is mostly comparing identities. */
export class AddressCache {
  #byIp = new Map<string, Map<number, TransportAddress>>();
  #size = 0;
  #last: TransportAddress | undefined;
  #lastText = "";

  /** How many are remembered. */
  get size(): number {
    return this.#size;
  }

  /** The address object for what the system calls `ip` and `port`. */
  of(ip: string, port: number): TransportAddress {
    const last = this.#last;
    if (last !== undefined && last.port === port && this.#lastText === ip) return last;
    this.#lastText = ip;
    return this.#last = this.#byIp.get(ip)?.get(port) ?? this.#remember(ip, port);
  }

  #remember(ip: string, port: number): TransportAddress {
    if (this.#size >= MAX_ADDRESSES) {
      this.#byIp.clear();
      this.#size = 0;
    }
    let byPort = this.#byIp.get(ip);
    if (byPort === undefined) this.#byIp.set(ip, byPort = new Map());
    const address: TransportAddress = { ip: canonicalIp(ip) ?? ip, port, protocol: "udp" };
    byPort.set(port, address);
    this.#size++;
    return address;
  }
}
