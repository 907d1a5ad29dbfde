import type { Millis } from "../../core/stage/mod.ts";
import { SACK_DELAY } from "../constants.ts";

/** Packets with DATA that may go unacknowledged: every second one is (RFC 9260 section 6.2). */
const PACKETS_PER_SACK = 2;

/**
 * When a SACK is due (RFC 9260 section 6.2). It is sent at the end of a batch, so one acknowledges all packets that were there at
 * once: under load that is one for many, and the sender counts bytes rather than SACKs. Its loss would be the loss of many, too: if
 * nothing follows, it is sent once more.
 */
export class SackPolicy {
  /** When a delayed SACK has to be sent; undefined if none is. */
  deadline: Millis | undefined;
  #packets = 0;
  #immediate = true;

  /** A packet with DATA was taken. `immediate`: it told of a gap, filled one, had a duplicate, or the sender asked. */
  packetArrived(immediate: boolean, now: Millis): void {
    this.#packets++;
    if (immediate) this.#immediate = true;
    this.deadline ??= now + SACK_DELAY;
  }

  /** Whether a SACK has to go now. */
  due(now: Millis): boolean {
    if (this.deadline === undefined) return false;
    return this.#immediate || this.#packets >= PACKETS_PER_SACK || this.deadline <= now;
  }

  /** Whether one would be worth adding to a packet that goes anyway. */
  get pending(): boolean {
    return this.deadline !== undefined;
  }

  /** A SACK was sent. */
  sent(now: Millis): void {
    this.deadline = this.#packets > PACKETS_PER_SACK ? now + SACK_DELAY : undefined;
    this.#packets = 0;
    this.#immediate = false;
  }

  /** No SACK is due any more. */
  clear(): void {
    this.deadline = undefined;
  }
}
