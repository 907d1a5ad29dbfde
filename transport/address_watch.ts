import type { Millis } from "../core/stage/layer.ts";
import type { Network } from "./network.ts";

/**
 * Notices when the addresses of a network change, as interfaces come and go. It looks again and again, once for all who want to know and
 * only while somebody does: Deno has no event for it.
 *
 * @example
 * ```ts
 * import { AddressWatch, systemNetwork } from "@heron/webrtc/transport";
 *
 * const watch = new AddressWatch(systemNetwork, 2000);
 * const over = new AbortController();
 * watch.subscribe(() => console.log(systemNetwork.addresses()), over.signal);
 * over.abort();
 * ```
 */
export class AddressWatch {
  readonly #network: Network;
  readonly #interval: Millis;
  readonly #subscribers = new Set<() => void>();
  #known = "";
  #cancelTimer: (() => void) | undefined;

  /** `interval` is how often it looks, in milliseconds. */
  constructor(network: Network, interval: Millis) {
    this.#network = network;
    this.#interval = interval;
  }

  /** Calls `changed` after each change, until `signal` aborts. */
  subscribe(changed: () => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    if (this.#subscribers.size === 0) {
      this.#known = this.#look();
      this.#arm();
    }
    const subscriber = () => changed();
    this.#subscribers.add(subscriber);
    signal.addEventListener("abort", () => {
      this.#subscribers.delete(subscriber);
      if (this.#subscribers.size === 0) this.#cancelTimer?.();
    }, { once: true });
  }

  #arm(): void {
    this.#cancelTimer = this.#network.clock.after(this.#interval, () => {
      this.#arm();
      const now = this.#look();
      if (now === this.#known) return;
      this.#known = now;
      for (const changed of [...this.#subscribers]) changed();
    });
  }

  #look(): string {
    return this.#network.addresses().sort().join();
  }
}
