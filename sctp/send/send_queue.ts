import type { Millis } from "../../core/stage/mod.ts";
import { FLAG_BEGIN, FLAG_END, FLAG_UNORDERED } from "../chunks/data.ts";
import { MIN_FRAGMENT } from "../constants.ts";
import { Deque } from "../deque.ts";
import type { MessageItem } from "../items.ts";
import { SequenceTable } from "../sequence_table.ts";

/** A message from the queue to its last acknowledgement. */
export class OutgoingMessage {
  /** How much of it has been put into chunks. */
  offset = 0;
  /** Stream sequence number, once the first fragment is made. */
  ssn = 0;
  /** TSN of its first fragment. */
  firstTsn = 0;
  /** TSN of the last fragment made. */
  lastTsn = 0;
  /** Given up (RFC 3758 section 3.5). */
  abandoned = false;

  constructor(
    readonly stream: OutgoingStream,
    readonly data: Uint8Array,
    readonly ppid: number,
    readonly unordered: boolean,
    readonly maxRetransmits: number,
    readonly expiresAt: Millis,
  ) {}

  /** The flags of all its fragments. */
  get flags(): number {
    return this.unordered ? FLAG_UNORDERED : 0;
  }
}

/** A place in a stream's queue: a message, or the wish to reset the stream once what is before it has been sent. */
type Entry = OutgoingMessage | "reset";

/** A stream that has something to send, or that is being reset. */
export class OutgoingStream {
  readonly queue: Deque<Entry> = new Deque();
  /** User bytes that left the queue since the last poll. */
  sentBytes = 0;
  /** Whether it waits for its reset: what is queued belongs to its next life. */
  resetting = false;
  /** Whether it is in the round of those that have something to send. */
  active = false;

  constructor(readonly id: number) {}
}

/**
 * What waits to be sent for the first time: a queue for each stream, served in turn.
 *
 * The fragments of a message have consecutive TSNs (RFC 9260 section 6.9), so without I-DATA turns change between messages only.
 */
export class SendQueue {
  /** User bytes that have not been sent for the first time. */
  bytes = 0;
  /** Streams whose queue has been sent up to a wish to reset them. */
  readonly readyForReset: number[] = [];
  readonly #streams = new Map<number, OutgoingStream>();
  readonly #round: Deque<OutgoingStream> = new Deque();
  readonly #ssn = new SequenceTable();
  #touched: OutgoingStream[] = [];
  #current: OutgoingMessage | undefined;

  /** Whether nothing waits but streams that are being reset. */
  get idle(): boolean {
    return this.#current === undefined && this.#round.length === 0;
  }

  /** Takes a message. */
  push(item: MessageItem, now: Millis): void {
    const stream = this.#stream(item.streamId);
    const message = new OutgoingMessage(
      stream,
      item.data,
      item.ppid,
      item.unordered ?? false,
      item.maxRetransmits ?? Infinity,
      now + (item.maxPacketLifeTime ?? Infinity),
    );
    this.bytes += item.data.length;
    this.#append(stream, message);
  }

  /** Wants a stream reset once what is queued on it now has been sent. A second wish in a row is the same one. */
  requestReset(streamId: number): void {
    const stream = this.#stream(streamId);
    const last = stream.queue.peekLast();
    if (last === "reset" || last === undefined && stream.resetting) return;
    this.#append(stream, "reset");
    this.#settle();
  }

  /** Takes back what is queued on a stream of which nothing has been sent. */
  withdraw(streamId: number): void {
    for (const entry of this.#streams.get(streamId)?.queue ?? []) {
      if (entry === "reset") continue;
      this.bytes -= entry.data.length - entry.offset;
      entry.offset = entry.data.length;
      entry.abandoned = true; // it is dropped when its turn comes
    }
  }

  /** The reset of a stream is over; if it was performed, its sequence numbers begin anew (RFC 6525 section 5.2.7). */
  resetDone(streamId: number, performed: boolean): void {
    const stream = this.#streams.get(streamId);
    if (performed) this.#ssn.set(streamId, 0);
    if (stream === undefined) return;
    stream.resetting = false;
    this.#activate(stream);
    this.#settle();
    this.#release(stream);
  }

  /**
   * Looks for a message of which at least a fragment fits into `room` bytes of user data; it is then what `message` says. Those that
   * expired before anything of them was sent are dropped: the peer has not heard of them. A fresh packet has as much room as any.
   */
  prepare(room: number, freshPacket: boolean, now: Millis): boolean {
    for (;;) {
      const message = this.#current ?? this.#nextMessage();
      if (message === undefined) return false;
      this.#current = message;
      if (message.abandoned || message.offset === 0 && message.expiresAt <= now) {
        this.#dropCurrent();
        continue;
      }
      const rest = message.data.length - message.offset;
      return rest <= room || freshPacket || room >= MIN_FRAGMENT;
    }
  }

  /** The message whose turn it is. Only after `prepare` returned true. */
  get message(): OutgoingMessage {
    return this.#current!;
  }

  /** Takes the next fragment, at most `room` bytes, off the message; returns its flags. */
  takeFragment(room: number): number {
    const message = this.#current!;
    let flags = message.flags;
    if (message.offset === 0) {
      flags |= FLAG_BEGIN;
      if (!message.unordered) this.#assignSsn(message);
    }
    const length = Math.min(room, message.data.length - message.offset);
    message.offset += length;
    this.#left(message.stream, length);
    if (message.offset === message.data.length) {
      flags |= FLAG_END;
      this.#finish(message);
    }
    return flags;
  }

  /** Calls `report` for each stream of which bytes left the queue since the last time. */
  reportSent(report: (streamId: number, bytes: number) => void): void {
    if (this.#touched.length === 0) return;
    const touched = this.#touched;
    this.#touched = [];
    for (const stream of touched) {
      report(stream.id, stream.sentBytes);
      stream.sentBytes = 0;
      this.#release(stream);
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.bytes = 0;
    this.#streams.clear();
    this.#round.clear();
    this.#touched = [];
    this.#current = undefined;
    this.readyForReset.length = 0;
  }

  #append(stream: OutgoingStream, entry: Entry): void {
    stream.queue.push(entry);
    this.#activate(stream);
  }

  #activate(stream: OutgoingStream): void {
    if (stream.active || stream.resetting || stream.queue.length === 0) return;
    stream.active = true;
    this.#round.push(stream);
  }

  /** The message of the stream whose turn it is; streams that come to a reset leave the round. */
  #nextMessage(): OutgoingMessage | undefined {
    this.#settle();
    return this.#round.peek()?.queue.peek() as OutgoingMessage | undefined;
  }

  /** Takes streams at the head of the round whose next entry is a reset out of it. */
  #settle(): void {
    for (let stream; (stream = this.#round.peek()) !== undefined;) {
      if (stream.queue.peek() !== "reset") return;
      this.#round.shift();
      stream.queue.shift();
      stream.active = false;
      stream.resetting = true;
      this.readyForReset.push(stream.id);
    }
  }

  /** Drops what has not been sent of the message whose turn it is. */
  #dropCurrent(): void {
    const message = this.#current!;
    this.#left(message.stream, message.data.length - message.offset);
    this.#finish(message);
  }

  #assignSsn(message: OutgoingMessage): void {
    const { id } = message.stream;
    message.ssn = this.#ssn.get(id);
    this.#ssn.set(id, message.ssn + 1);
  }

  #left(stream: OutgoingStream, bytes: number): void {
    if (bytes === 0) return;
    this.bytes -= bytes;
    if (stream.sentBytes === 0) this.#touched.push(stream);
    stream.sentBytes += bytes;
  }

  /** The stream's turn is over: to the end of the round, if it has more. */
  #finish(message: OutgoingMessage): void {
    const { stream } = message;
    this.#current = undefined;
    stream.queue.shift();
    this.#round.shift();
    stream.active = false;
    this.#activate(stream);
    this.#settle();
  }

  #stream(id: number): OutgoingStream {
    let stream = this.#streams.get(id);
    if (stream === undefined) this.#streams.set(id, stream = new OutgoingStream(id));
    return stream;
  }

  #release(stream: OutgoingStream): void {
    if (stream.queue.length === 0 && !stream.resetting && stream.sentBytes === 0) {
      this.#streams.delete(stream.id);
    }
  }
}
