import type { IceBaseOptions } from "../../ice/mod.ts";
import type { IceIo } from "./ice_io.ts";

/** The names that the addresses of one transport hide behind, if they do: one for each address. */
export class HostNames {
  readonly #io: IceIo;
  readonly #names = new Map<string, Promise<string>>();

  /** They are answered for until the transport closes. */
  constructor(io: IceIo) {
    this.#io = io;
  }

  /** What a base with this address is announced with. */
  async of(ip: string): Promise<Pick<IceBaseOptions, "hostName">> {
    const { environment: { network, hidesAddresses }, signal } = this.#io;
    if (!hidesAddresses || network.publishMdns === undefined) return {};
    const name = this.#names.get(ip) ?? network.publishMdns(ip, signal);
    this.#names.set(ip, name);
    return { hostName: await name };
  }
}
