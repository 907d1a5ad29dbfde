import type { Millis } from "../../core/stage/mod.ts";
import { add32, diff32 } from "../../core/wire/mod.ts";
import type { SackChunk } from "../chunks/sack.ts";
import { MAX_OUTSTANDING_CHUNKS } from "../constants.ts";
import type { OutgoingMessage } from "./send_queue.ts";

/** What has become of a DATA chunk. Numbers, since they are compared for every chunk of every SACK. */
export const Fate = { IN_FLIGHT: 0, ACKED: 1, LOST: 2, ABANDONED: 3 } as const;

/** One of {@linkcode Fate}. */
export type Fate = typeof Fate[keyof typeof Fate];

/** A DATA chunk that has been sent and is not yet covered by the cumulative TSN ack. Its object is used again for later chunks. */
export class OutstandingChunk {
  tsn = 0;
  /** The message that it is a fragment of. */
  message: OutgoingMessage | undefined;
  /** Where in the message it begins and ends. */
  start = 0;
  end = 0;
  flags = 0;
  /** Bytes in a packet. */
  size = 0;
  fate: Fate = Fate.IN_FLIGHT;
  transmissions = 0;
  /** When it was sent last. */
  sentAt: Millis = 0;
  /** In the how-manieth packet it was sent first, and last. */
  firstOrder = 0;
  order = 0;
  /** How many SACKs have reported it missing (RFC 9260 section 7.2.4). */
  misses = 0;
  /** At the first of a run of acknowledged chunks: how many chunks of that run may be stepped over. */
  skip = 0;
}

/** What one SACK has told. */
export interface Acknowledgement {
  /** Bytes acknowledged for the first time. */
  bytes: number;
  /** When the latest chunk was sent whose acknowledgement measures the round-trip time; undefined if none does. */
  sampleSentAt: Millis | undefined;
  /** The latest packet that is known to have arrived; 0 if none. */
  highestOrder: number;
  /** How many packets are known now to have arrived, and the last one of them that was counted. */
  packets: number;
  lastCounted: number;
  /** Index behind the last chunk that a gap block covers. */
  coveredEnd: number;
}

/**
 * The chunks in flight: a ring, so that a TSN leads to its chunk without a search, and appending and acknowledging cost O(1).
 */
export class Outstanding {
  /** Bytes that are thought to be in the network (RFC 9260 section 7.2: flightsize). */
  flight = 0;
  /** How many chunks were given up and not yet passed by the cumulative TSN ack. */
  abandoned = 0;
  /** The TSN that the next chunk gets. */
  nextTsn: number;
  #ring: OutstandingChunk[] = [];
  #head = 0;
  #count = 0;
  #order = 0;

  constructor(initialTsn: number) {
    this.nextTsn = initialTsn;
  }

  /** How many chunks there are. */
  get length(): number {
    return this.#count;
  }

  /** Whether no further chunk can be in flight. */
  get full(): boolean {
    return this.#count >= MAX_OUTSTANDING_CHUNKS;
  }

  /** TSN of the first chunk, or of the next if there is none. */
  get firstTsn(): number {
    return add32(this.nextTsn, -this.#count);
  }

  /** The chunk at a place in the order of TSNs. */
  at(index: number): OutstandingChunk {
    return this.#ring[(this.#head + index) & (this.#ring.length - 1)]!;
  }

  /** The chunk of a TSN; undefined if it isn't outstanding. */
  ofTsn(tsn: number): OutstandingChunk | undefined {
    const index = diff32(tsn, this.firstTsn);
    return index >= 0 && index < this.#count ? this.at(index) : undefined;
  }

  /** Packets since the first chunk was sent, that one's included. */
  get packetsSinceFirst(): number {
    return this.#count === 0 ? 0 : this.#order - this.at(0).firstOrder + 1;
  }

  /** What is transmitted from now on goes into another packet. */
  beginPacket(): void {
    this.#order++;
  }

  /** Gives the next TSN to a chunk, whose other fields the caller sets. */
  append(): OutstandingChunk {
    if (this.#count === this.#ring.length) this.#grow();
    const chunk = this.at(this.#count++);
    chunk.tsn = this.nextTsn;
    this.nextTsn = add32(this.nextTsn, 1);
    chunk.fate = Fate.LOST;
    chunk.transmissions = 0;
    chunk.misses = 0;
    chunk.skip = 0;
    return chunk;
  }

  /** The chunk goes, or goes again, into a packet. */
  transmitted(chunk: OutstandingChunk, now: Millis): void {
    chunk.order = this.#order;
    if (chunk.transmissions++ === 0) chunk.firstOrder = chunk.order;
    chunk.fate = Fate.IN_FLIGHT;
    chunk.sentAt = now;
    chunk.misses = 0;
    this.flight += chunk.size;
  }

  /** The chunk has left the network without arriving, as far as is known. */
  lost(chunk: OutstandingChunk): void {
    if (chunk.fate === Fate.IN_FLIGHT) this.flight -= chunk.size;
    chunk.fate = Fate.LOST;
  }

  /** The chunk is given up. */
  abandon(chunk: OutstandingChunk): void {
    if (chunk.fate === Fate.ABANDONED) return;
    if (chunk.fate === Fate.IN_FLIGHT) this.flight -= chunk.size;
    chunk.fate = Fate.ABANDONED;
    this.abandoned++;
  }

  /** Releases every chunk up to the cumulative TSN ack. */
  acknowledgeThrough(cumulativeTsnAck: number, result: Acknowledgement): void {
    for (
      let left = diff32(cumulativeTsnAck, this.firstTsn) + 1;
      left > 0 && this.#count > 0;
      left--
    ) {
      const chunk = this.at(0);
      if (chunk.fate === Fate.ABANDONED) this.abandoned--;
      else if (chunk.fate !== Fate.ACKED) this.#acknowledge(chunk, result);
      chunk.message = undefined;
      this.#head = (this.#head + 1) & (this.#ring.length - 1);
      this.#count--;
    }
  }

  /**
   * Marks what the gap blocks of a SACK cover; the cumulative part has been dealt with. Runs that earlier SACKs covered are stepped
   * over, so that a long list that grows by one chunk costs no more than that chunk. So is what earlier blocks of the same SACK cover:
   * thousands that overlap would cost as much each.
   */
  acknowledgeGaps(sack: SackChunk, result: Acknowledgement): void {
    for (let block = 0; block < sack.gapCount; block++) {
      if (sack.gapStart(block) === 0) continue;
      const start = Math.max(sack.gapStart(block) - 1, result.coveredEnd);
      const end = Math.min(sack.gapEnd(block), this.#count);
      if (start >= end) continue;
      for (let i = start; i < end;) {
        const chunk = this.at(i);
        if (chunk.fate === Fate.ACKED) {
          i += Math.max(1, chunk.skip);
          continue;
        }
        if (chunk.fate !== Fate.ABANDONED) {
          this.#acknowledge(chunk, result);
          chunk.skip = 1;
        }
        i++;
      }
      const first = this.at(start);
      if (first.fate === Fate.ACKED) first.skip = this.#ackedRun(start, end);
      result.coveredEnd = end;
    }
  }

  /**
   * Counts misses for each chunk before the last one covered that was sent earlier than something that has arrived; calls `lost` when
   * there are `threshold` (RFC 9260 section 7.2.4).
   *
   * Deviation: the RFC compares TSNs and lets a chunk be fast retransmitted only once, leaving the loss of a retransmission to
   * T3-rtx. The order of transmissions is the same for chunks sent once, and tells of a lost retransmission within a round trip.
   *
   * Deviation: the RFC counts SACKs, of which its receiver sends one for each packet behind a gap (RFC 9260 section 6.7). One that
   * takes packets in batches sends one for many, and others may be lost: so it is those packets that count.
   */
  countMisses(
    { coveredEnd, highestOrder, packets }: Acknowledgement,
    threshold: number,
    lost: (chunk: OutstandingChunk) => void,
  ): void {
    for (let i = 0; i < coveredEnd;) {
      const chunk = this.at(i);
      if (chunk.fate === Fate.ACKED) {
        i += Math.max(1, chunk.skip);
        continue;
      }
      i++;
      if (chunk.fate !== Fate.IN_FLIGHT || chunk.order >= highestOrder) continue;
      chunk.misses += Math.min(packets, highestOrder - chunk.order);
      if (chunk.misses >= threshold) lost(chunk);
    }
  }

  /** The receiver has dropped what it had acknowledged in gap blocks, which it may (RFC 9260 section 6.2). */
  renege(): void {
    for (let i = 0; i < this.#count; i++) {
      const chunk = this.at(i);
      if (chunk.fate === Fate.ACKED) chunk.fate = Fate.LOST;
      chunk.skip = 0;
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#ring = [];
    this.#head = 0;
    this.#count = 0;
    this.flight = 0;
    this.abandoned = 0;
  }

  #acknowledge(chunk: OutstandingChunk, result: Acknowledgement): void {
    if (chunk.fate === Fate.IN_FLIGHT) this.flight -= chunk.size;
    chunk.fate = Fate.ACKED;
    result.bytes += chunk.size;
    // RFC 9260 section 6.3.1, rule C5 (Karn): which transmission of a retransmitted chunk has arrived is unknown.
    const once = chunk.transmissions === 1;
    if (once) result.sampleSentAt = Math.max(result.sampleSentAt ?? -Infinity, chunk.sentAt);
    result.highestOrder = Math.max(result.highestOrder, chunk.firstOrder);
    if (chunk.firstOrder === result.lastCounted) return;
    result.lastCounted = chunk.firstOrder;
    result.packets++;
  }

  #ackedRun(start: number, end: number): number {
    let i = start;
    while (i < end && this.at(i).fate === Fate.ACKED) i += Math.max(1, this.at(i).skip);
    return Math.min(i, this.#count) - start;
  }

  #grow(): void {
    const ring: OutstandingChunk[] = [];
    for (let i = 0; i < this.#count; i++) ring.push(this.at(i));
    const size = Math.max(64, this.#ring.length * 2);
    while (ring.length < size) ring.push(new OutstandingChunk());
    this.#ring = ring;
    this.#head = 0;
  }
}
