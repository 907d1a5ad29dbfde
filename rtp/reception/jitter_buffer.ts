import { Discards, type Millis } from "../../core/stage/mod.ts";
import { type RtpPacket, rtpPacketSize } from "../packet.ts";
import { PlayoutClock } from "./playout_clock.ts";

/** The most packets that a jitter buffer spans, missing ones included: 50 Mb/s for almost a second. */
export const MAX_BUFFERED_PACKETS = 4096;

/** The most bytes that a jitter buffer keeps. */
export const MAX_BUFFERED_BYTES = 6 * 1024 * 1024;

/** The longest that packets wait for a missing one, by default: time for several retransmissions. */
export const DEFAULT_MAX_WAIT: Millis = 500;

/** How far behind a gap a packet of media is looked for: repairs of one frame are fewer. */
const MAX_LOOK_AHEAD = 64;

/** Slots of a buffer that has not yet needed more. */
const INITIAL_SLOTS = 64;

/** How a {@linkcode JitterBuffer} can be made otherwise. Each bound can only be lowered. */
export interface JitterBufferOptions {
  /** The most packets that are spanned, a power of two. */
  readonly maxPackets?: number;
  /** The most bytes. */
  readonly maxBytes?: number;
  /** The longest that packets wait for a missing one: 0 where nothing is ever sent again. */
  readonly maxWait?: Millis;
  /** Tells that of what is between two packets nothing is missed: they are not waited for, and no gap is told of. By default nothing does. */
  readonly adjoins?: (last: RtpPacket, next: RtpPacket) => boolean;
}

/** A packet whose turn it is. */
export interface BufferedPacket {
  /** Tells items from one another. */
  readonly type: "packet";
  /** The packet. */
  readonly packet: RtpPacket;
  /** Its extended sequence number. */
  readonly sequence: number;
  /** When it arrived. */
  readonly arrival: Millis;
  /** Whether it came as a retransmission or by error correction. */
  readonly recovered: boolean;
}

/** Packets that will not come any more. */
export interface PacketGap {
  /** Tells items from one another. */
  readonly type: "gap";
  /** Extended sequence number of the first one. */
  readonly sequence: number;
  /** How many. */
  readonly count: number;
}

/** What comes out of a jitter buffer. */
export type BufferedItem = BufferedPacket | PacketGap;

/** Why a packet was dropped. */
export type JitterBufferDiscard =
  /** What comes after it has been let go already. */
  | "late packet"
  /** It is there already. */
  | "duplicate packet";

interface Slot {
  readonly item: BufferedPacket;
  readonly sequence: number;
  readonly playout: Millis;
  /** When it, or one behind it, arrived: since then it is known that what lies before it is missing. */
  readonly since: Millis;
  readonly size: number;
}

/**
 * Puts packets in their order (RFC 3550 section 5.1), and holds them until it is time to play them. Every packet comes out once and in
 * sequence; between two of them stands a gap if there is one, unless what is missing is known to be of no use. Bounded in packets, bytes and
 * time: what is beyond does not wait any longer for what is missing.
 *
 * Sequence numbers are extended ones.
 */
export class JitterBuffer {
  /** What was dropped. */
  readonly discards: Discards<JitterBufferDiscard> = new Discards();
  /** When packets should play. */
  readonly playout: PlayoutClock;
  readonly #maxPackets: number;
  readonly #maxBytes: number;
  readonly #maxWait: Millis;
  readonly #adjoins: (last: RtpPacket, next: RtpPacket) => boolean;
  /** The packet of each sequence number from `#head` on, at its remainder by the length, which is a power of two. */
  #slots: (Slot | undefined)[] = new Array(INITIAL_SLOTS).fill(undefined);
  /** The next to come out. */
  #head: number | undefined;
  /** The last packet of media that came out, if no gap has been told of since. */
  #last: RtpPacket | undefined;
  /** Behind the last one that is there. */
  #end = 0;
  #packets = 0;
  #bytes = 0;
  /** What came out ahead of its time because there was no room for it. */
  #ready: BufferedItem[] = [];
  /** The first packet behind the gap at the head, once looked for. */
  #behindGap: number | undefined;

  /** `clockRate` in Hz. */
  constructor(clockRate: number, options: JitterBufferOptions = {}) {
    this.playout = new PlayoutClock(clockRate);
    const maxPackets = Math.min(options.maxPackets ?? Infinity, MAX_BUFFERED_PACKETS);
    if (maxPackets < 1 || (maxPackets & (maxPackets - 1)) !== 0) {
      throw new RangeError(`${maxPackets} packets: no power of two`);
    }
    this.#maxPackets = maxPackets;
    this.#maxBytes = Math.min(options.maxBytes ?? Infinity, MAX_BUFFERED_BYTES);
    this.#maxWait = options.maxWait ?? DEFAULT_MAX_WAIT;
    this.#adjoins = options.adjoins ?? (() => false);
  }

  /** Packets in the buffer. */
  get size(): number {
    return this.#packets;
  }

  /** Bytes in the buffer, headers included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Sequence number of the next packet to come out; what is before it is of no use any more. */
  get head(): number | undefined {
    return this.#head;
  }

  /** Takes a packet. Returns whether it was of use. */
  push(packet: RtpPacket, sequence: number, now: Millis, recovered = false): boolean {
    this.#head ??= sequence;
    if (sequence < this.#head) return this.#discard("late packet");
    if (sequence >= this.#head + this.#maxPackets) this.#release(sequence - this.#maxPackets + 1);
    this.#grow(sequence - this.#head + 1);
    const at = sequence & (this.#slots.length - 1);
    if (this.#slots[at] !== undefined) return this.#discard("duplicate packet");
    const playout = recovered
      ? this.playout.playoutOfRepeated(packet.timestamp, now)
      : this.playout.playoutOf(packet.timestamp, now);
    const size = rtpPacketSize(packet);
    const since = this.#behind(sequence)?.since ?? now;
    const item: BufferedPacket = { type: "packet", packet, sequence, arrival: now, recovered };
    this.#slots[at] = { item, sequence, playout, since, size };
    this.#packets++;
    this.#bytes += size;
    this.#end = Math.max(this.#end, sequence + 1);
    if (this.#behindGap !== undefined && sequence < this.#behindGap) this.#behindGap = sequence;
    if (this.#bytes > this.#maxBytes) this.#shed();
    return true;
  }

  /** What is due at `now`, in its order. */
  take(now: Millis): BufferedItem[] {
    const items = this.#ready;
    this.#ready = [];
    while (this.#packets > 0) {
      const next = this.#next();
      if (this.#dueAt(next) > now) break;
      this.#releaseTo(next, items);
    }
    return items;
  }

  /** When {@linkcode JitterBuffer.take} has something to give: 0 for at once. */
  get nextTimeout(): Millis | undefined {
    if (this.#ready.length > 0) return 0;
    return this.#packets === 0 ? undefined : this.#dueAt(this.#next());
  }

  /** Everything that is left, at the end of a source or when it has restarted. */
  flush(): BufferedItem[] {
    this.#release(this.#end);
    const items = this.#ready;
    this.#ready = [];
    this.#head = undefined;
    this.#last = undefined;
    this.#end = 0;
    return items;
  }

  /** The first packet that is there. Looked for once for each gap; the search is bounded by the span. */
  #next(): Slot {
    const mask = this.#slots.length - 1;
    let at = this.#behindGap ?? this.#head!;
    while (this.#slots[at & mask] === undefined) at++;
    this.#behindGap = at;
    return this.#slots[at & mask]!;
  }

  /** The first packet behind this number. None for nearly all that arrive, which are the newest; and few steps away for the others. */
  #behind(sequence: number): Slot | undefined {
    const mask = this.#slots.length - 1;
    for (let at = sequence + 1; at < this.#end; at++) {
      const slot = this.#slots[at & mask];
      if (slot !== undefined) return slot;
    }
    return undefined;
  }

  #dueAt({ sequence, playout, since }: Slot): Millis {
    if (sequence === this.#head || this.#isComplete(sequence)) return playout;
    return Math.max(playout, since + this.#maxWait);
  }

  /** Whether nothing is missed between what came out last and the next packet of media, at or behind `sequence`. */
  #isComplete(sequence: number): boolean {
    if (this.#last === undefined) return false;
    const mask = this.#slots.length - 1;
    const end = Math.min(this.#end, sequence + MAX_LOOK_AHEAD);
    for (let at = sequence; at < end; at++) {
      const packet = this.#slots[at & mask]?.item.packet;
      if (packet !== undefined && packet.payload.length > 0) {
        return this.#adjoins(this.#last, packet);
      }
    }
    return false;
  }

  /** Lets a packet go, and the gap before it. */
  #releaseTo(slot: Slot, items: BufferedItem[]): void {
    const count = slot.sequence - this.#head!;
    if (count > 0 && !this.#isComplete(slot.sequence)) {
      items.push({ type: "gap", sequence: this.#head!, count });
      this.#last = undefined;
    }
    items.push(slot.item);
    if (slot.item.packet.payload.length > 0) this.#last = slot.item.packet;
    this.#slots[slot.sequence & (this.#slots.length - 1)] = undefined;
    this.#packets--;
    this.#bytes -= slot.size;
    this.#head = slot.sequence + 1;
    this.#behindGap = undefined;
  }

  /** Lets everything before `sequence` go, and moves the head there. */
  #release(sequence: number): void {
    while (this.#packets > 0) {
      const next = this.#next();
      if (next.sequence >= sequence) break;
      this.#releaseTo(next, this.#ready);
    }
    const head = this.#head;
    if (head === undefined || head >= sequence) return;
    this.#ready.push({ type: "gap", sequence: head, count: sequence - head });
    this.#last = undefined;
    this.#head = sequence;
  }

  /** Lets the oldest go until the bytes are within their bound. */
  #shed(): void {
    while (this.#bytes > this.#maxBytes) this.#releaseTo(this.#next(), this.#ready);
  }

  #grow(span: number): void {
    if (span <= this.#slots.length) return;
    let length = this.#slots.length;
    while (length < span) length *= 2;
    const grown: (Slot | undefined)[] = new Array(length).fill(undefined);
    for (const slot of this.#slots) {
      if (slot !== undefined) grown[slot.sequence & (length - 1)] = slot;
    }
    this.#slots = grown;
  }

  #discard(reason: JitterBufferDiscard): false {
    this.discards.add(reason);
    return false;
  }
}
