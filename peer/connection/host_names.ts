import type { IceBaseOptions } from "../../ice/mod.ts";
import type { IceIo } from "./ice_io.ts";

/** What stands for the addresses of one transport, if anything does: a name for each to hide behind, or the one that a NAT maps it to. */
export class HostNames {
  readonly #io: IceIo;
  readonly #names = new Map<string, Promise<string>>();

  /** Names are answered for until the transport closes. */
  constructor(io: IceIo) {
    this.#io = io;
  }

  /** What a base with this address is announced with. */
  async of(ip: string): Promise<Pick<IceBaseOptions, "hostName">> {
    const { environment: { network, hidesAddresses, externalAddress }, signal } = this.#io;
    const external = externalAddress?.(ip);
    if (external !== undefined) return { hostName: external };
    if (!hidesAddresses || network.publishMdns === undefined) return {};
    const name = this.#names.get(ip) ?? network.publishMdns(ip, signal);
    this.#names.set(ip, name);
    return { hostName: await name };
  }
}
