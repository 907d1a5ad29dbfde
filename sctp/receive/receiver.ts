import type { Discards, Millis } from "../../core/stage/mod.ts";
import { add32, diff32 } from "../../core/wire/mod.ts";
import {
  type DataChunk,
  FLAG_BEGIN,
  FLAG_END,
  FLAG_IMMEDIATE,
  FLAG_UNORDERED,
} from "../chunks/data.ts";
import type { ForwardTsnChunk } from "../chunks/forward_tsn.ts";
import { sackSize, writeSack } from "../chunks/sack.ts";
import {
  HELD_OVERHEAD,
  MAX_DUPLICATES,
  MAX_PARTIAL_MESSAGES,
  RECEIVE_BUFFER,
} from "../constants.ts";
import type { SctpDiscard, SctpItem } from "../items.ts";
import type { PacketAssembler } from "../packet_assembler.ts";
import { Fragments, type IncomingMessage } from "./fragments.ts";
import { Ordering } from "./ordering.ts";
import { SackPolicy } from "./sack_policy.ts";
import { TSN_WINDOW, TsnTracker } from "./tsn_tracker.ts";

/** What the receiver needs from the association. */
export interface ReceiverOptions {
  /** The peer's first TSN. */
  readonly initialTsn: number;
  /** Streams that the peer may send on. */
  readonly inboundStreams: number;
  /** The largest message that is taken, in bytes. */
  readonly maxMessageSize: number;
  /** Where messages go. */
  readonly above: SctpItem[];
  readonly discards: Discards<SctpDiscard>;
  /** Tells the peer that it has used a stream which does not exist. */
  reportInvalidStream(streamId: number): void;
}

/** The receiving half of an association: from DATA chunks to messages and SACKs (RFC 9260 sections 6.2, 6.5 to 6.7 and 6.9). */
export class Receiver {
  readonly tsns: TsnTracker;
  readonly sack: SackPolicy = new SackPolicy();
  /** Messages delivered, in all. */
  messages = 0;
  readonly #options: ReceiverOptions;
  readonly #fragments = new Fragments();
  readonly #ordering = new Ordering();
  #duplicates: number[] = [];
  /** Whether something in this packet asks for a SACK at once. */
  #immediate = false;
  #packetHadData = false;
  readonly #deliver: (message: IncomingMessage) => void;

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.tsns = new TsnTracker(options.initialTsn);
    this.#deliver = (message) => this.#handUp(message);
  }

  /** Bytes of memory held for messages that are incomplete or early. */
  get held(): number {
    return this.#fragments.held + this.#ordering.held;
  }

  /** The window to advertise: what is left of the buffer. */
  get aRwnd(): number {
    return Math.max(0, RECEIVE_BUFFER - this.held);
  }

  /** Takes a DATA chunk. False if the peer breaks the protocol in a way that can't be borne. */
  handleData(chunk: DataChunk): boolean {
    this.#packetHadData = true;
    if ((chunk.flags & FLAG_IMMEDIATE) !== 0) this.#immediate = true;
    const verdict = this.tsns.judge(chunk.tsn);
    if (verdict !== "new") return this.#refuse(chunk, verdict);
    const inOrder = chunk.tsn === add32(this.tsns.cumulative, 1);
    if (!this.#hasRoom(chunk, inOrder)) {
      this.#options.discards.add("receive buffer full");
      this.#immediate = true;
      return true;
    }
    // RFC 9260 section 6.7: a gap, or its filling, is reported at once.
    if (!inOrder || this.tsns.hasGaps) this.#immediate = true;
    this.tsns.accept(chunk.tsn);
    if (chunk.streamId >= this.#options.inboundStreams) {
      // RFC 9260 section 6.5: acknowledged, reported, and dropped.
      this.#options.reportInvalidStream(chunk.streamId);
      this.#options.discards.add("stream out of range");
      return true;
    }
    return this.#take(chunk);
  }

  /** The packet is over. */
  endPacket(now: Millis): void {
    if (this.#packetHadData || this.#immediate) this.sack.packetArrived(this.#immediate, now);
    this.#packetHadData = this.#immediate = false;
  }

  /** Takes a FORWARD-TSN (RFC 3758 section 3.6). False if it points too far ahead. */
  handleForwardTsn(chunk: ForwardTsnChunk): boolean {
    const { newCumulativeTsn, skipped } = chunk;
    const ahead = diff32(newCumulativeTsn, this.tsns.cumulative);
    if (ahead > TSN_WINDOW) return false;
    this.#immediate = true;
    if (ahead <= 0) return true;
    this.tsns.forward(newCumulativeTsn);
    this.#fragments.forward(newCumulativeTsn);
    for (const { streamId, ssn } of skipped) {
      if (streamId < this.#options.inboundStreams) {
        this.#ordering.skip(streamId, ssn, this.#deliver);
      }
    }
    return true;
  }

  /** The peer begins streams anew; none named means all (RFC 6525 section 5.2.2). */
  resetStreams(streams: readonly number[]): void {
    if (streams.length === 0) this.#ordering.resetAll();
    for (const streamId of streams) this.#ordering.reset(streamId);
  }

  /** Puts a SACK into a packet (RFC 9260 section 3.3.4). */
  putSack(packet: PacketAssembler, now: Millis): void {
    const room = packet.room;
    const duplicates = this.#duplicates;
    const gaps = this.tsns.hasGaps
      ? this.tsns.findGaps((room - sackSize(0, duplicates.length)) >> 2)
      : 0;
    const at = packet.reserve(sackSize(gaps, duplicates.length));
    writeSack(packet.bytes, at, this.tsns.cumulative, this.aRwnd, this.tsns.gaps, gaps, duplicates);
    if (duplicates.length > 0) this.#duplicates = [];
    this.sack.sent(now);
  }

  /** Forgets everything that is held. */
  clear(): void {
    this.#fragments.clear();
    this.#ordering.clear();
    this.#duplicates = [];
    this.sack.clear();
  }

  #refuse(chunk: DataChunk, verdict: "duplicate" | "outside"): boolean {
    if (verdict === "outside") {
      this.#options.discards.add("TSN outside the window");
      return true;
    }
    this.#options.discards.add("duplicate TSN");
    this.#immediate = true;
    if (this.#duplicates.length < MAX_DUPLICATES) this.#duplicates.push(chunk.tsn);
    return true;
  }

  /**
   * Whether a chunk can be kept. The next TSN has a buffer's worth of room more than those behind a gap: else what is held could
   * keep out the one chunk that would set it free (RFC 9260 section 6.2).
   */
  #hasRoom(chunk: DataChunk, inOrder: boolean): boolean {
    const needed = this.held + chunk.length + HELD_OVERHEAD;
    if (inOrder) return needed <= 2 * RECEIVE_BUFFER;
    return needed <= RECEIVE_BUFFER && this.#fragments.count < MAX_PARTIAL_MESSAGES;
  }

  #take(chunk: DataChunk): boolean {
    const { flags } = chunk;
    if ((flags & (FLAG_BEGIN | FLAG_END)) === (FLAG_BEGIN | FLAG_END)) {
      if (chunk.length > this.#options.maxMessageSize) return false;
      this.#complete({
        streamId: chunk.streamId,
        ssn: chunk.ssn,
        unordered: (flags & FLAG_UNORDERED) !== 0,
        ppid: chunk.ppid,
        data: chunk.payload,
      });
      return true;
    }
    const { length, message } = this.#fragments.add(chunk);
    if (length > this.#options.maxMessageSize) return false;
    if (message !== undefined) this.#complete(message);
    return true;
  }

  #complete(message: IncomingMessage): void {
    if (message.unordered) this.#handUp(message);
    else if (!this.#ordering.add(message, this.#deliver)) this.#options.discards.add("old SSN");
  }

  #handUp({ streamId, ppid, data, unordered }: IncomingMessage): void {
    this.messages++;
    this.#options.above.push(
      unordered
        ? { type: "message", streamId, ppid, data, unordered }
        : { type: "message", streamId, ppid, data },
    );
  }
}
