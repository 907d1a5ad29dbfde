import { add16, diff16 } from "../../core/wire/mod.ts";
import { HELD_OVERHEAD } from "../constants.ts";
import { SequenceTable } from "../sequence_table.ts";
import type { IncomingMessage } from "./fragments.ts";

/** Brings the ordered messages of each stream into their order (RFC 9260 section 6.5). */
export class Ordering {
  /** Bytes of memory held by messages that have arrived too early. */
  held = 0;
  #next = new SequenceTable();
  /** Messages that have arrived too early, by stream and number. Streams without any have no entry. */
  readonly #early = new Map<number, Map<number, IncomingMessage>>();

  /** Takes an ordered message and delivers what is now in order. False if its number has been delivered already. */
  add(message: IncomingMessage, deliver: (message: IncomingMessage) => void): boolean {
    const { streamId, ssn } = message;
    const next = this.#next.get(streamId);
    if (ssn === next) {
      this.#next.set(streamId, add16(ssn, 1));
      deliver(message);
      this.#deliverEarly(streamId, deliver);
      return true;
    }
    if (diff16(ssn, next) < 0) return false;
    this.#keep(message);
    return true;
  }

  /** The peer has given up the message `ssn` of a stream, and what came before it (RFC 3758 section 3.6). */
  skip(streamId: number, ssn: number, deliver: (message: IncomingMessage) => void): void {
    const next = this.#next.get(streamId);
    const passed = diff16(ssn, next) + 1;
    if (passed <= 0) return;
    const early = this.#early.get(streamId);
    if (early !== undefined) {
      for (const key of keysAmong(early, next, passed)) deliver(this.#take(streamId, early, key)!);
    }
    this.#next.set(streamId, add16(ssn, 1));
    this.#deliverEarly(streamId, deliver);
  }

  /** The stream begins anew (RFC 6525 section 5.2.2). */
  reset(streamId: number): void {
    const early = this.#early.get(streamId);
    if (early !== undefined) {
      for (const key of [...early.keys()]) {
        this.#take(streamId, early, key);
      }
    }
    this.#next.set(streamId, 0);
  }

  /** Every stream begins anew. */
  resetAll(): void {
    this.clear();
    this.#next = new SequenceTable();
  }

  /** Forgets everything that is held. */
  clear(): void {
    this.#early.clear();
    this.held = 0;
  }

  #keep(message: IncomingMessage): void {
    let early = this.#early.get(message.streamId);
    if (early === undefined) this.#early.set(message.streamId, early = new Map());
    if (early.has(message.ssn)) return;
    // A view of a packet is copied: it may be held for long.
    const { data } = message;
    const own = data.byteLength === data.buffer.byteLength
      ? message
      : { ...message, data: data.slice() };
    early.set(message.ssn, own);
    this.held += data.length + HELD_OVERHEAD;
  }

  #deliverEarly(streamId: number, deliver: (message: IncomingMessage) => void): void {
    const early = this.#early.get(streamId);
    if (early === undefined) return;
    for (let next = this.#next.get(streamId);; next = add16(next, 1)) {
      const message = this.#take(streamId, early, next);
      if (message === undefined) return;
      this.#next.set(streamId, add16(next, 1));
      deliver(message);
    }
  }

  #take(
    streamId: number,
    early: Map<number, IncomingMessage>,
    ssn: number,
  ): IncomingMessage | undefined {
    const message = early.get(ssn);
    if (message === undefined) return undefined;
    early.delete(ssn);
    if (early.size === 0) this.#early.delete(streamId);
    this.held -= message.data.length + HELD_OVERHEAD;
    return message;
  }
}

/**
 * Which of the `count` numbers from `first` on are keys, in their order. By whichever way is shorter: a FORWARD-TSN can name a stream
 * thousands of times, and a stream can hold as many messages.
 */
function keysAmong(early: ReadonlyMap<number, unknown>, first: number, count: number): number[] {
  if (count > early.size) {
    return [...early.keys()].filter((key) => diff16(key, first) < count)
      .sort((a, b) => diff16(a, b));
  }
  const keys: number[] = [];
  for (let i = 0; i < count; i++) {
    const key = add16(first, i);
    if (early.has(key)) keys.push(key);
  }
  return keys;
}
