import type { Millis } from "../../core/stage/mod.ts";
import { add32, diff32, less32 } from "../../core/wire/mod.ts";
import {
  DATA_HEADER_LENGTH,
  dataChunkSize,
  FLAG_IMMEDIATE,
  FLAG_UNORDERED,
  writeDataHeader,
} from "../chunks/data.ts";
import { buildForwardTsn, FORWARD_TSN_HEADER_LENGTH } from "../chunks/forward_tsn.ts";
import type { SackChunk } from "../chunks/sack.ts";
import { Deque } from "../deque.ts";
import type { MessageItem } from "../items.ts";
import type { PacketAssembler } from "../packet_assembler.ts";
import { CongestionControl } from "./congestion.ts";
import { type Acknowledgement, Fate, Outstanding, type OutstandingChunk } from "./outstanding.ts";
import { Pacer } from "./pacer.ts";
import { RetransmissionTimeout } from "./rto.ts";
import { type OutgoingMessage, SendQueue } from "./send_queue.ts";

/** Reports that a chunk is missing before it is retransmitted (RFC 9260 section 7.2.4). */
const MISS_THRESHOLD = 3;

/** A window this small may make the peer wait for a second packet which isn't allowed to come: then a SACK is asked for. */
const SMALL_WINDOW_PACKETS = 4;

/** Why a SACK was not believed. */
export type SackFault = "stale SACK" | "SACK of unsent TSN";

/**
 * The sending half of an association: from messages to DATA chunks and their acknowledgement (RFC 9260 section 6), and giving up
 * those that are partially reliable (RFC 3758 section 3.5).
 */
export class Sender {
  readonly queue: SendQueue = new SendQueue();
  readonly rto: RetransmissionTimeout = new RetransmissionTimeout();
  readonly congestion: CongestionControl;
  readonly outstanding: Outstanding;
  /** Whether the peer understands FORWARD-TSN; if not, every message is reliable. */
  partialReliability = false;
  /** Retransmitted chunks, in all. */
  retransmissions = 0;
  /** Messages given up, in all. */
  abandonedMessages = 0;
  readonly #pacer: Pacer;
  readonly #lost: Deque<number> = new Deque();
  readonly #mtu: number;
  #peerWindow = 0;
  /**
   * The last expiry of T3-rtx. What was sent before it and is acknowledged after it arrived long ago, and its SACKs were lost: measuring
   * that would make the RTO grow by the RTO, on and on.
   */
  #timedOutAt: Millis = -Infinity;
  #freePacket = false;
  #forwardTsnDue = false;
  #lastSentAt: Millis = -Infinity;
  readonly #result: Acknowledgement = {
    bytes: 0,
    sampleSentAt: undefined,
    highestOrder: 0,
    packets: 0,
    lastCounted: 0,
    coveredEnd: 0,
  };
  readonly #markLost: (chunk: OutstandingChunk) => void;
  #now: Millis = 0;

  constructor(initialTsn: number, mtu: number) {
    this.#mtu = mtu;
    this.outstanding = new Outstanding(initialTsn);
    this.congestion = new CongestionControl(mtu, initialTsn);
    this.#pacer = new Pacer(mtu);
    this.#markLost = (chunk) => this.#lose(chunk);
  }

  /** The last TSN that was given to a chunk. */
  get lastTsn(): number {
    return add32(this.outstanding.nextTsn, -1);
  }

  /** Everything up to here has been acknowledged. */
  get cumulativeTsnAck(): number {
    return add32(this.outstanding.firstTsn, -1);
  }

  /** Whether everything has been acknowledged and nothing waits, not even for the reset of its stream. */
  get drained(): boolean {
    return this.outstanding.length === 0 && this.queue.idle && this.queue.bytes === 0;
  }

  /** Whether there is something to send that may go now. */
  ready(now: Millis): boolean {
    return this.#allowed && this.#pacer.open(now);
  }

  /** When it is that what may be sent goes; undefined if there is none. Only after `ready` returned false. */
  get resumesAt(): Millis | undefined {
    return this.#allowed ? this.#pacer.opensAt : undefined;
  }

  /** Whether there is something to send that the windows allow. */
  get #allowed(): boolean {
    if (this.#forwardTsnDue) return true;
    if (this.#lost.length > 0) {
      return this.#freePacket || this.outstanding.flight < this.congestion.cwnd;
    }
    return !this.queue.idle && !this.outstanding.full && this.#windowOpen(DATA_HEADER_LENGTH);
  }

  /** The peer's features and window are known. */
  start(peerWindow: number, partialReliability: boolean): void {
    this.#peerWindow = peerWindow;
    this.partialReliability = partialReliability;
  }

  /** Takes a message. */
  push(item: MessageItem, now: Millis): void {
    this.queue.push(item, now);
  }

  /** Fills a packet: a FORWARD-TSN, retransmissions, then new chunks (RFC 9260 section 6.1). */
  fill(packet: PacketAssembler, now: Millis): void {
    if (!this.#pacer.open(now)) return;
    this.outstanding.beginPacket();
    if (this.#forwardTsnDue) this.#putForwardTsn(packet);
    if (!this.#putRetransmissions(packet, now)) return;
    this.#putNew(packet, now);
    // A message may just have been given up. Control chunks go before data (RFC 9260 section 6.10), or into the next packet.
    if (this.#forwardTsnDue && packet.empty) this.#putForwardTsn(packet);
  }

  /** Bytes that the rest of a burst may take, for whoever allocates its packets. */
  get likely(): number {
    return Math.min(this.queue.bytes, this.congestion.cwnd - this.outstanding.flight) +
      this.#lost.length * this.#mtu;
  }

  /** Takes a SACK (RFC 9260 section 6.2.1). Returns whether the cumulative TSN ack moved, or why the SACK is dropped. */
  handleSack(sack: SackChunk, now: Millis): boolean | SackFault {
    const { outstanding } = this;
    const cumulative = sack.cumulativeTsnAck;
    const fault = this.#check(cumulative);
    if (fault !== undefined) return fault;
    const flightBefore = outstanding.flight;
    const moved = this.#acknowledge(cumulative, now);
    const result = this.#result;
    const orderOfCumulative = result.highestOrder;
    if (sack.gapCount > 0) outstanding.acknowledgeGaps(sack, result);
    if (outstanding.length > 0 && outstanding.at(0).fate === Fate.ACKED) this.#reneged();
    else if (result.highestOrder > orderOfCumulative || this.congestion.recovering) {
      this.#findMissing(result, now);
    }
    this.#finishAcknowledgement(flightBefore, moved, now);
    this.#setPeerWindow(sack.aRwnd);
    return moved;
  }

  /** Takes the cumulative TSN ack of a SHUTDOWN (RFC 9260 section 9.2). */
  handleCumulativeTsnAck(cumulative: number, now: Millis): boolean {
    if (this.#check(cumulative) !== undefined) return false;
    const flightBefore = this.outstanding.flight;
    const moved = this.#acknowledge(cumulative, now);
    this.#finishAcknowledgement(flightBefore, moved, now);
    return moved;
  }

  /** T3-rtx has expired (RFC 9260 section 6.3.3): everything in flight counts as lost. */
  handleTimeout(now: Millis): void {
    this.#timedOutAt = now;
    this.congestion.timedOut();
    this.rto.backOff();
    this.#lost.clear();
    this.#now = now;
    for (let i = 0; i < this.outstanding.length; i++) {
      const chunk = this.outstanding.at(i);
      if (chunk.fate === Fate.IN_FLIGHT) this.#lose(chunk);
      else if (chunk.fate === Fate.LOST) this.#lost.push(chunk.tsn);
    }
    if (this.outstanding.abandoned > 0) this.#forwardTsnDue = true;
    // RFC 9260 section 6.3.3, rule E3: one packet, whatever the window.
    this.#freePacket = true;
  }

  /** Forgets everything. */
  clear(): void {
    this.queue.clear();
    this.outstanding.clear();
    this.#lost.clear();
    this.#forwardTsnDue = false;
  }

  #check(cumulative: number): SackFault | undefined {
    if (less32(this.lastTsn, cumulative)) return "SACK of unsent TSN";
    if (less32(cumulative, this.cumulativeTsnAck)) return "stale SACK";
    return undefined;
  }

  /** Releases what is acknowledged cumulatively. Returns whether that is anything. */
  #acknowledge(cumulative: number, now: Millis): boolean {
    const result = this.#result;
    result.bytes = 0;
    result.sampleSentAt = undefined;
    result.highestOrder = 0;
    result.packets = 0;
    result.lastCounted = 0;
    result.coveredEnd = 0;
    this.#now = now;
    const moved = diff32(cumulative, this.cumulativeTsnAck) > 0;
    if (moved) {
      this.outstanding.acknowledgeThrough(cumulative, result);
      this.congestion.advancedTo(cumulative, this.lastTsn, now);
    }
    return moved;
  }

  #finishAcknowledgement(flightBefore: number, moved: boolean, now: Millis): void {
    const { rto, congestion } = this;
    const { bytes, sampleSentAt } = this.#result;
    const isSample = sampleSentAt !== undefined && sampleSentAt > this.#timedOutAt;
    if (isSample) {
      rto.measure(now - sampleSentAt, now);
      congestion.measured(now - sampleSentAt, rto.least!);
    }
    if (moved && bytes > 0) congestion.acknowledged(bytes, flightBefore);
    this.#pacer.follow(congestion.cwnd, congestion.slowStart, rto.smoothed);
    // RFC 3758 section 3.5, rule C3: as long as the peer lags behind what was given up, it is told again.
    if (this.outstanding.abandoned > 0) this.#forwardTsnDue = true;
  }

  /** So few packets may be in flight, and nothing behind them, that three reports can't come: then all but one do (RFC 5827 section 3.2). */
  get #missThreshold(): number {
    const packets = this.outstanding.packetsSinceFirst;
    return packets <= MISS_THRESHOLD && this.queue.idle ? Math.max(1, packets - 1) : MISS_THRESHOLD;
  }

  #findMissing(result: Acknowledgement, now: Millis): void {
    this.#now = now;
    const before = this.#lost.length;
    this.outstanding.countMisses(result, this.#missThreshold, this.#markLost);
    if (this.#lost.length === before) return;
    // RFC 9260 section 7.2.4: the first packet of retransmissions ignores the window.
    if (this.congestion.enterFastRecovery(this.lastTsn)) this.#freePacket = true;
  }

  /** The first missing TSN is said to have arrived: the receiver has dropped what it had acknowledged. */
  #reneged(): void {
    this.outstanding.renege();
    this.#lost.clear();
    for (let i = 0; i < this.outstanding.length; i++) {
      const chunk = this.outstanding.at(i);
      if (chunk.fate === Fate.LOST) this.#lost.push(chunk.tsn);
    }
  }

  #lose(chunk: OutstandingChunk): void {
    const { message } = chunk;
    this.outstanding.lost(chunk);
    if (message !== undefined && this.#givesUp(message, chunk)) this.#abandon(message);
    else this.#lost.push(chunk.tsn);
  }

  #givesUp(message: OutgoingMessage, chunk: OutstandingChunk): boolean {
    if (!this.partialReliability) return false;
    return chunk.transmissions > message.maxRetransmits || message.expiresAt <= this.#now;
  }

  /** Gives a message up, with all its fragments (RFC 3758 section 3.5, rule A3). */
  #abandon(message: OutgoingMessage): void {
    if (message.abandoned) return;
    message.abandoned = true;
    this.abandonedMessages++;
    const { outstanding } = this;
    // Had the fragments that were sent all arrived, no TSN would be left to tell the receiver by that the rest won't come.
    if (message.offset < message.data.length) {
      const placeholder = outstanding.append();
      placeholder.message = message;
      placeholder.size = 0;
      placeholder.flags = message.flags;
      message.lastTsn = placeholder.tsn;
    }
    for (let tsn = message.firstTsn;; tsn = add32(tsn, 1)) {
      const chunk = outstanding.ofTsn(tsn);
      if (chunk !== undefined) outstanding.abandon(chunk);
      if (tsn === message.lastTsn) break;
    }
    this.#forwardTsnDue = true;
  }

  /** Tells the peer up to where it must not wait (RFC 3758 section 3.5, rules C1 to C4). */
  #putForwardTsn(packet: PacketAssembler): void {
    const { outstanding } = this;
    const maxSkipped = (packet.room - FORWARD_TSN_HEADER_LENGTH) >> 2;
    if (maxSkipped < 1) return;
    this.#forwardTsnDue = false;
    let count = 0;
    const skipped = new Map<number, number>();
    for (; count < outstanding.length; count++) {
      const { fate, flags, message } = outstanding.at(count);
      if (fate !== Fate.ABANDONED) break;
      if (flags & FLAG_UNORDERED || message === undefined) continue;
      // RFC 3758 section 3.5, rule C4: no more than what fits into a packet.
      if (!skipped.has(message.stream.id) && skipped.size === maxSkipped) break;
      skipped.set(message.stream.id, message.ssn);
    }
    if (count === 0) return;
    packet.append(buildForwardTsn({
      newCumulativeTsn: add32(outstanding.firstTsn, count - 1),
      skipped: [...skipped].map(([streamId, ssn]) => ({ streamId, ssn })),
    }));
  }

  /** Puts what was lost into the packet. False if the window is full, or the packet. */
  #putRetransmissions(packet: PacketAssembler, now: Millis): boolean {
    const free = this.#freePacket;
    const before = this.retransmissions;
    for (let tsn; (tsn = this.#lost.peek()) !== undefined;) {
      const chunk = this.outstanding.ofTsn(tsn);
      if (chunk === undefined || chunk.fate !== Fate.LOST) {
        this.#lost.shift();
        continue;
      }
      if (chunk.size > packet.room) break;
      if (!free && this.outstanding.flight >= this.congestion.cwnd) return false;
      this.#lost.shift();
      this.retransmissions++;
      this.#put(packet, chunk, now);
    }
    // A packet that a SACK left no room in was not it.
    if (this.retransmissions > before || this.#lost.length === 0) this.#freePacket = false;
    return this.#lost.length === 0;
  }

  #putNew(packet: PacketAssembler, now: Millis): void {
    const { queue, outstanding } = this;
    for (;;) {
      const room = packet.room - DATA_HEADER_LENGTH;
      if (room <= 0 || outstanding.full || !this.#windowOpen(DATA_HEADER_LENGTH)) return;
      if (!queue.prepare(room, packet.empty, now)) return;
      const { message } = queue;
      if (this.partialReliability && message.expiresAt <= now) {
        this.#abandon(message);
        continue;
      }
      const rest = message.data.length - message.offset;
      const length = Math.min(rest, room);
      if (!this.#windowOpen(dataChunkSize(length))) return;
      if (outstanding.flight === 0) this.congestion.idle(now - this.#lastSentAt, this.rto.value);
      this.#putFragment(packet, message, length, now);
    }
  }

  #putFragment(
    packet: PacketAssembler,
    message: OutgoingMessage,
    length: number,
    now: Millis,
  ): void {
    const chunk = this.outstanding.append();
    chunk.message = message;
    chunk.start = message.offset;
    chunk.end = message.offset + length;
    chunk.size = dataChunkSize(length);
    if (chunk.start === 0) message.firstTsn = chunk.tsn;
    message.lastTsn = chunk.tsn;
    chunk.flags = this.queue.takeFragment(length);
    this.#peerWindow -= chunk.size;
    this.#put(packet, chunk, now);
  }

  /** Writes the chunk straight into the packet. */
  #put(packet: PacketAssembler, chunk: OutstandingChunk, now: Millis): void {
    const { start, end, size } = chunk;
    const { data, stream, ssn, ppid, unordered } = chunk.message!;
    const at = packet.reserve(size);
    this.outstanding.transmitted(chunk, now);
    this.#lastSentAt = now;
    this.#pacer.spend(size);
    let { flags } = chunk;
    const { cwnd } = this.congestion;
    // RFC 9260 section 3.3.1: the I bit spares a small window the peer's delayed SACK.
    if (cwnd <= SMALL_WINDOW_PACKETS * this.#mtu && this.outstanding.flight + this.#mtu > cwnd) {
      flags |= FLAG_IMMEDIATE;
    }
    writeDataHeader(
      packet.bytes,
      at,
      flags,
      end - start,
      chunk.tsn,
      stream.id,
      unordered ? 0 : ssn,
      ppid,
    );
    const whole = start === 0 && end === data.length;
    packet.bytes.set(whole ? data : data.subarray(start, end), at + DATA_HEADER_LENGTH);
  }

  /** Whether cwnd and the peer's window let a chunk of this size go (RFC 9260 section 6.1, rules A and B). */
  #windowOpen(size: number): boolean {
    const { flight } = this.outstanding;
    // One chunk may always be in flight, as a probe of a closed window.
    if (flight === 0) return true;
    return flight < this.congestion.cwnd && size <= this.#peerWindow;
  }

  #setPeerWindow(aRwnd: number): void {
    this.#peerWindow = Math.max(0, aRwnd - this.outstanding.flight);
  }
}
