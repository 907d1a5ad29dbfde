import { add32, diff32 } from "../../core/wire/mod.ts";
import { type DataChunk, FLAG_BEGIN, FLAG_END, FLAG_UNORDERED } from "../chunks/data.ts";
import { HELD_OVERHEAD } from "../constants.ts";

/** Largest buffer that is made in advance for a message that arrives in order, in bytes. */
const MAX_PART = 64 << 10;

/** A message that has arrived whole. */
export interface IncomingMessage {
  readonly streamId: number;
  readonly ssn: number;
  readonly unordered: boolean;
  readonly ppid: number;
  readonly data: Uint8Array;
}

/** A piece of a message's memory, of which `used` bytes are filled. */
interface Part {
  readonly bytes: Uint8Array<ArrayBuffer>;
  used: number;
  next: Part | undefined;
}

/** Fragments of one message with consecutive TSNs. Joining two runs is O(1): their parts are a linked list. */
class Run {
  begin = false;
  end = false;
  length = 0;
  /** Bytes of memory that it holds. */
  held = HELD_OVERHEAD;
  head: Part | undefined;
  tail: Part | undefined;
  last: number;

  constructor(
    readonly first: number,
    readonly streamId: number,
    readonly ssn: number,
    readonly unordered: boolean,
    readonly ppid: number,
  ) {
    this.last = first;
  }

  /** Whether a neighbour in TSNs can be of the same message. */
  matches(streamId: number, ssn: number, unordered: boolean): boolean {
    return this.streamId === streamId && this.unordered === unordered &&
      (unordered || this.ssn === ssn);
  }
}

/**
 * Puts messages together from their fragments (RFC 9260 section 6.9). Fragments are copied: a view would keep the whole buffer of
 * its packet alive, and 20,000 tiny ones much more than the window says.
 */
export class Fragments {
  /** Bytes of memory held. */
  held = 0;
  readonly #byFirst = new Map<number, Run>();
  readonly #byLast = new Map<number, Run>();
  /** The run that the previous fragment went to. It is in neither map: in order, every fragment goes there. */
  #current: Run | undefined;
  /** Length of the last message in fragments: the next one's memory is made as large. */
  #typical = 4096;

  /** How many messages are incomplete. */
  get count(): number {
    return this.#byFirst.size + (this.#current === undefined ? 0 : 1);
  }

  /** Takes a fragment. Returns the run that it belongs to: its length, and whether it is whole. */
  add(
    chunk: DataChunk,
  ): { readonly length: number; readonly message: IncomingMessage | undefined } {
    const run = this.#runFor(chunk);
    this.held -= run.held;
    if ((chunk.flags & FLAG_END) !== 0) run.end = true;
    else this.#joinNext(run);
    this.held += run.held;
    if (!run.begin || !run.end) return { length: run.length, message: undefined };
    return { length: run.length, message: this.#complete(run) };
  }

  /** Drops the incomplete messages that the peer has given up, up to `tsn` (RFC 3758 section 3.6). */
  forward(tsn: number): void {
    this.#park();
    for (const run of this.#byFirst.values()) {
      if (diff32(run.first, tsn) > 0) continue;
      // What begins before and goes on behind it may still become whole.
      if (run.begin && diff32(run.last, tsn) > 0) continue;
      this.#unlink(run);
      this.held -= run.held;
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#byFirst.clear();
    this.#byLast.clear();
    this.#current = undefined;
    this.held = 0;
  }

  /** The run that ends in the chunk, which has been appended to it. It is the current one. */
  #runFor(chunk: DataChunk): Run {
    const { tsn, streamId, ssn } = chunk;
    const unordered = (chunk.flags & FLAG_UNORDERED) !== 0;
    const begin = (chunk.flags & FLAG_BEGIN) !== 0;
    let run = begin ? undefined : this.#endingAt(add32(tsn, -1));
    const continues = run !== undefined && !run.end && run.matches(streamId, ssn, unordered);
    if (!continues) {
      this.#park();
      run = new Run(tsn, streamId, ssn, unordered, chunk.ppid);
      run.begin = begin;
      this.held += run.held;
      this.#current = run;
    }
    this.#append(run!, chunk);
    return run!;
  }

  #endingAt(tsn: number): Run | undefined {
    if (this.#current?.last === tsn) return this.#current;
    const run = this.#byLast.get(tsn);
    if (run === undefined) return undefined;
    this.#park();
    this.#unlink(run);
    return this.#current = run;
  }

  #append(run: Run, chunk: DataChunk): void {
    const { length } = chunk;
    let part = run.tail;
    if (part === undefined || part.bytes.length - part.used < length) {
      part = this.#addPart(run, chunk);
    }
    part.bytes.set(chunk.payload, part.used);
    part.used += length;
    run.length += length;
    run.last = chunk.tsn;
  }

  /** A message that begins here gets room for a typical one; a stray fragment, just its own. */
  #addPart(run: Run, chunk: DataChunk): Part {
    const { length } = chunk;
    const ahead = run.begin && (chunk.flags & FLAG_END) === 0;
    const room = run.tail === undefined ? this.#typical : run.length;
    const size = ahead ? Math.max(length, Math.min(room, MAX_PART)) : length;
    const part: Part = { bytes: new Uint8Array(size), used: 0, next: undefined };
    if (run.tail === undefined) run.head = part;
    else run.tail.next = part;
    run.tail = part;
    run.held += size;
    this.held += size;
    return part;
  }

  #joinNext(run: Run): void {
    const next = this.#byFirst.size === 0 ? undefined : this.#byFirst.get(add32(run.last, 1));
    if (next === undefined || next.begin || !next.matches(run.streamId, run.ssn, run.unordered)) {
      return;
    }
    this.#unlink(next);
    run.tail!.next = next.head;
    run.tail = next.tail;
    run.last = next.last;
    run.length += next.length;
    run.end = next.end;
    this.held -= next.held;
    run.held += next.held;
  }

  #complete(run: Run): IncomingMessage {
    this.#current = undefined;
    this.held -= run.held;
    this.#typical = run.length;
    const { streamId, ssn, unordered, ppid } = run;
    return { streamId, ssn, unordered, ppid, data: joined(run) };
  }

  /** Puts the current run into the maps. */
  #park(): void {
    const run = this.#current;
    if (run === undefined) return;
    this.#current = undefined;
    this.#byFirst.set(run.first, run);
    this.#byLast.set(run.last, run);
  }

  #unlink(run: Run): void {
    this.#byFirst.delete(run.first);
    this.#byLast.delete(run.last);
  }
}

function joined(run: Run): Uint8Array {
  const { head, length } = run;
  if (head!.next === undefined && head!.bytes.length - length <= length) {
    return head!.bytes.subarray(0, length);
  }
  const data = new Uint8Array(length);
  let at = 0;
  for (let part = head; part !== undefined; part = part.next) {
    data.set(part.bytes.subarray(0, part.used), at);
    at += part.used;
  }
  return data;
}
