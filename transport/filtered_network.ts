import type { Network } from "./network.ts";
import { NetworkDecorator } from "./network_decorator.ts";

/** A network of which only some addresses are used. */
export class FilteredNetwork extends NetworkDecorator {
  readonly #accepts: (ip: string) => boolean;

  /** `accepts` is asked for each address, a canonical IP literal, each time that addresses are. */
  constructor(inner: Network, accepts: (ip: string) => boolean) {
    super(inner);
    this.#accepts = accepts;
  }

  /** Those that the filter accepts. */
  override addresses(): string[] {
    return super.addresses().filter((ip) => this.#accepts(ip));
  }
}
