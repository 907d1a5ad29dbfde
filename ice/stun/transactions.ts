import type { Millis } from "../../core/stage/mod.ts";
import type { Datagram, TransportAddress } from "../../core/wire/mod.ts";

/** When a request is sent again, and when it is given up (RFC 8489 section 6.2.1). */
export interface RetransmissionTimings {
  /** Time before the first retransmission in milliseconds; it doubles with each further one. */
  readonly rto: Millis;
  /** Where the doubling stops. */
  readonly maxRto: Millis;
  /** How often the request is sent in all. */
  readonly rc: number;
  /** After the last time, an answer is awaited for this many initial RTOs. */
  readonly rm: number;
}

/** One request and the wait for its answer. */
export interface ClientTransaction<Subject> {
  /** 12 bytes, unpredictable. */
  readonly id: Uint8Array;
  /** The request as sent. */
  readonly request: Datagram;
  /** What the request is about. */
  readonly subject: Subject;
  /** When the latest copy was sent. */
  readonly sentAt: Millis;
  /** How many copies were sent. An answer to the only one measures the round trip. */
  readonly sends: number;
}

/** What a request is started with. */
export interface RequestOptions<Subject> {
  /** The transaction ID that stands in the request. */
  readonly id: Uint8Array;
  /** The request. */
  readonly data: Uint8Array;
  /** What it is sent from. */
  readonly local: TransportAddress;
  /** What it is sent to. */
  readonly remote: TransportAddress;
  /** What it is about. */
  readonly subject: Subject;
  /** When it is sent again. */
  readonly timings: RetransmissionTimings;
}

interface Entry<Subject> extends ClientTransaction<Subject> {
  sentAt: Millis;
  sends: number;
  due: Millis;
  rto: Millis;
  canceled: boolean;
  readonly timings: RetransmissionTimings;
}

/** How long a transaction without an answer takes from its first request to its end. */
export function transactionTimeout({ rto, maxRto, rc, rm }: RetransmissionTimings): Millis {
  let total = rm * rto;
  for (let n = 1, wait = rto; n < rc; n++, wait = Math.min(2 * wait, maxRto)) total += wait;
  return total;
}

/** The client transactions of one kind that await their answers (RFC 8489 section 6.2.1). */
export class ClientTransactions<Subject> {
  readonly #limit: number;
  readonly #send: (datagram: Datagram) => void;
  readonly #entries = new Map<string, Entry<Subject>>();
  #next: Millis | undefined;

  /** At most `limit` wait at a time; `send` puts a request on the wire. */
  constructor(limit: number, send: (datagram: Datagram) => void) {
    this.#limit = limit;
    this.#send = send;
  }

  /** When {@linkcode ClientTransactions.handleTimeout} has something to do. */
  get nextTimeout(): Millis | undefined {
    return this.#next;
  }

  /** How many wait. */
  get size(): number {
    return this.#entries.size;
  }

  /** Sends a request for the first time; undefined if too many wait already. */
  start(options: RequestOptions<Subject>, now: Millis): ClientTransaction<Subject> | undefined {
    if (this.#entries.size >= this.#limit) return undefined;
    const { id, data, local, remote, subject, timings } = options;
    const request = { data, local, remote };
    const { rto } = timings;
    const entry = { id, request, subject, timings, rto, sentAt: now, sends: 0, due: now };
    this.#entries.set(keyOf(id), this.#transmit({ ...entry, canceled: false }, now));
    this.#refresh();
    return this.#entries.get(keyOf(id));
  }

  /** The transaction that an answer belongs to, which goes on waiting. */
  find(id: Uint8Array): ClientTransaction<Subject> | undefined {
    return this.#entries.get(keyOf(id));
  }

  /** Ends a transaction that has its answer. */
  finish(transaction: ClientTransaction<Subject>): void {
    if (this.#entries.delete(keyOf(transaction.id))) this.#refresh();
  }

  /** No more retransmissions, and the lack of an answer is no failure; an answer still counts (RFC 8445 section 7.3.1.4). */
  cancel(transaction: ClientTransaction<Subject>): void {
    const entry = this.#entries.get(keyOf(transaction.id));
    if (entry === undefined) return;
    const { rto, rm } = entry.timings;
    entry.canceled = true;
    entry.due = entry.sentAt + rto * rm;
    this.#refresh();
  }

  /** Retransmits what is due; returns what has ended without an answer. */
  handleTimeout(now: Millis): ClientTransaction<Subject>[] {
    if (this.#next === undefined || this.#next > now) return [];
    const failed: ClientTransaction<Subject>[] = [];
    for (const [key, entry] of this.#entries) {
      if (entry.due > now) continue;
      if (!entry.canceled && entry.sends < entry.timings.rc) {
        this.#transmit(entry, now);
        continue;
      }
      this.#entries.delete(key);
      if (!entry.canceled) failed.push(entry);
    }
    this.#refresh();
    return failed;
  }

  /** Forgets those of certain subjects; returns these. */
  forget(which: (subject: Subject) => boolean): Subject[] {
    const forgotten: Subject[] = [];
    for (const [key, { subject }] of this.#entries) {
      if (which(subject) && this.#entries.delete(key)) forgotten.push(subject);
    }
    this.#refresh();
    return forgotten;
  }

  /** Forgets everything. */
  clear(): void {
    this.#entries.clear();
    this.#next = undefined;
  }

  #transmit(entry: Entry<Subject>, now: Millis): Entry<Subject> {
    const { timings } = entry;
    this.#send(entry.request);
    entry.sends++;
    entry.sentAt = now;
    if (entry.sends === timings.rc) {
      entry.due = now + timings.rto * timings.rm;
    } else {
      entry.due = now + entry.rto;
      entry.rto = Math.min(2 * entry.rto, timings.maxRto);
    }
    return entry;
  }

  #refresh(): void {
    this.#next = undefined;
    for (const { due } of this.#entries.values()) {
      if (this.#next === undefined || due < this.#next) this.#next = due;
    }
  }
}

function keyOf(id: Uint8Array): string {
  return String.fromCharCode(...id);
}
