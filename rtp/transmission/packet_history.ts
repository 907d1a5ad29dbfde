import type { Millis } from "../../core/stage/mod.ts";
import { add16, diff16 } from "../../core/wire/mod.ts";
import { type RtpPacket, rtpPacketSize } from "../packet.ts";

/** The most packets that are kept of a stream, a power of two: 20 Mb/s for a second. */
export const MAX_HISTORY_PACKETS = 2048;

/** The most bytes that are kept of a stream. */
export const MAX_HISTORY_BYTES = 3 * 1024 * 1024;

/** How long packets are kept, by default: no one waits longer for a lost one. */
export const DEFAULT_HISTORY_AGE: Millis = 2000;

/** A packet that was sent. */
export interface CachedPacket {
  /** The packet. */
  readonly packet: RtpPacket;
  /** Its bytes on the wire. */
  readonly size: number;
  /** When it was sent first. */
  readonly sentAt: Millis;
  /** When it was sent last. */
  lastSentAt: Millis;
  /** How often it was sent again. */
  retransmissions: number;
}

/** What was sent of late in a stream, for those who lost some of it (RFC 4585 section 6.2.1). Bounded in packets, bytes and time. */
export class PacketHistory {
  readonly #maxAge: Millis;
  /** Each packet at the remainder of its sequence number. */
  readonly #slots: (CachedPacket | undefined)[] = [];
  #oldest = 0;
  #newest: number | undefined;
  #size = 0;
  #bytes = 0;

  /** Packets are kept for `maxAge`. */
  constructor(maxAge: Millis = DEFAULT_HISTORY_AGE) {
    this.#maxAge = maxAge;
  }

  /** Packets that are kept. */
  get size(): number {
    return this.#size;
  }

  /** Their bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Keeps a packet that is sent now. One that was forwarded may come out of order; where a number is far from those before, everything
   * before is forgotten.
   */
  add(packet: RtpPacket, now: Millis): void {
    const { sequenceNumber } = packet;
    const ahead = this.#newest === undefined ? Infinity : diff16(sequenceNumber, this.#newest);
    if (Math.abs(ahead) >= MAX_HISTORY_PACKETS) this.#restart(sequenceNumber);
    if (this.find(sequenceNumber) !== undefined) return;
    if (ahead < 0) {
      if (diff16(sequenceNumber, this.#oldest) < 0) this.#oldest = sequenceNumber;
    } else this.#newest = sequenceNumber;
    const oldestAllowed = add16(this.#newest!, 1 - MAX_HISTORY_PACKETS);
    while (diff16(this.#oldest, oldestAllowed) < 0) this.#dropOldest();
    const size = rtpPacketSize(packet);
    const sent: CachedPacket = { packet, size, sentAt: now, lastSentAt: now, retransmissions: 0 };
    this.#slots[sequenceNumber % MAX_HISTORY_PACKETS] = sent;
    this.#size++;
    this.#bytes += size;
    this.expire(now);
    while (this.#bytes > MAX_HISTORY_BYTES) this.#dropOldest();
  }

  /** The packet of this sequence number, if it is still there. */
  find(sequenceNumber: number): CachedPacket | undefined {
    const sent = this.#slots[sequenceNumber % MAX_HISTORY_PACKETS];
    return sent?.packet.sequenceNumber === sequenceNumber ? sent : undefined;
  }

  /** Forgets packets that are too old by now. */
  expire(now: Millis): void {
    while (this.#size > 0) {
      const oldest = this.#slots[this.#oldest % MAX_HISTORY_PACKETS];
      if (oldest !== undefined && now - oldest.sentAt <= this.#maxAge) return;
      this.#dropOldest();
    }
  }

  #dropOldest(): void {
    const at = this.#oldest % MAX_HISTORY_PACKETS;
    const oldest = this.#slots[at];
    this.#oldest = add16(this.#oldest, 1);
    if (oldest === undefined) return;
    this.#slots[at] = undefined;
    this.#size--;
    this.#bytes -= oldest.size;
  }

  #restart(sequenceNumber: number): void {
    this.#slots.length = 0;
    this.#size = 0;
    this.#bytes = 0;
    this.#oldest = this.#newest = sequenceNumber;
  }
}
