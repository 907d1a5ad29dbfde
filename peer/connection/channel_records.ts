import type { ChannelSlots } from "../rtc_data_channel.ts";

/**
 * Closed channels that statistics still tell of.
 *
 * Deviation: webrtc-stats section 4.3 has them all for as long as the connection lives. A peer could fill this machine's memory with them.
 */
const MAX_CLOSED = 64;

/** The channels of a connection, as its statistics tell of them: all that live, and the latest of those that don't. */
export class ChannelRecords {
  /** How many channels have ever been open. */
  opened = 0;
  readonly #slots = new Set<ChannelSlots>();
  readonly #closed: ChannelSlots[] = [];

  /** How many are open. */
  get open(): number {
    let open = 0;
    for (const { readyState } of this.#slots) if (readyState === "open") open++;
    return open;
  }

  /** In the order in which they came to be. */
  get slots(): Iterable<ChannelSlots> {
    return this.#slots;
  }

  /** A channel has come to be. */
  add(slots: ChannelSlots): void {
    this.#slots.add(slots);
  }

  /** A channel is closed for good. */
  close(slots: ChannelSlots): void {
    this.#closed.push(slots);
    if (this.#closed.length > MAX_CLOSED) this.#slots.delete(this.#closed.shift()!);
  }
}
