import type { Millis } from "../../core/stage/mod.ts";
import type { PacketResult } from "./packet_result.ts";

/** How many packets are remembered: 5 s of 15 Mb/s, half a second of 150. A power of two that divides 2^16. */
export const MAX_SENT_PACKETS = 8192;

/** Feedback about a packet that is older than this says nothing of the path as it is, in ms. As in libwebrtc. */
export const MAX_SENT_AGE = 60_000;

/** How a packet can be answered for: `unknown` was never sent or is forgotten, `settled` has been reported before. */
export type Settlement = PacketResult | "unknown" | "settled";

const State = { NONE: 0, IN_FLIGHT: 1, LOST: 2, RECEIVED: 3 } as const;

/** Remembers what was sent under which transport-wide sequence number, until feedback tells what became of it. */
export class SentPackets {
  readonly #numbers = new Uint16Array(MAX_SENT_PACKETS);
  readonly #states = new Uint8Array(MAX_SENT_PACKETS);
  readonly #sizes = new Uint16Array(MAX_SENT_PACKETS);
  readonly #clusters = new Uint16Array(MAX_SENT_PACKETS);
  readonly #times = new Float64Array(MAX_SENT_PACKETS);

  /** Remembers a packet in place of the one so many numbers before it. */
  add(sequence: number, size: number, cluster: number, now: Millis): void {
    const slot = sequence % MAX_SENT_PACKETS;
    this.#numbers[slot] = sequence;
    this.#states[slot] = State.IN_FLIGHT;
    this.#sizes[slot] = Math.min(size, 0xffff);
    this.#clusters[slot] = cluster;
    this.#times[slot] = now;
  }

  /** Takes what feedback says of a packet. A loss can turn out as a late arrival, but not the other way round. */
  settle(
    sequence: number,
    received: boolean,
    receivedAt: Millis | undefined,
    now: Millis,
  ): Settlement {
    const slot = sequence % MAX_SENT_PACKETS;
    const state = this.#states[slot]!;
    const sentAt = this.#times[slot]!;
    if (
      state === State.NONE || this.#numbers[slot] !== sequence || now - sentAt > MAX_SENT_AGE
    ) return "unknown";
    if (state === State.RECEIVED || (state === State.LOST && !received)) return "settled";
    this.#states[slot] = received ? State.RECEIVED : State.LOST;
    const [size, cluster] = [this.#sizes[slot]!, this.#clusters[slot]!];
    const wasLost = state === State.LOST;
    return { size, sentAt, received, receivedAt, cluster, ...(wasLost && { wasLost }) };
  }
}
