import type { Clock } from "../core/stage/clock.ts";
import type { Millis } from "../core/stage/layer.ts";
import { isMdnsName, type MdnsAnswer, parseMdnsAnswer, writeMdnsQuery } from "./mdns_message.ts";
import type { MdnsPort, OpenMdnsPort } from "./mdns_port.ts";

/**
 * When a query is sent, counted from the first: RFC 6762 section 5.2 asks for growing gaps.
 *
 * The last ones are for Firefox, which answers for the names in its offer only once it has been given the answer to that.
 */
const SEND_AT: readonly Millis[] = [0, 250, 1250, 3250];

/** When a query is given up. */
const GIVE_UP_AT: Millis = 5000;

/** Names asked for at the same time; later ones wait. */
export const MAX_MDNS_QUERIES = 8;

/** Names that wait; beyond that they stay unresolved, so that an offer full of names makes no flood. */
export const MAX_MDNS_WAITING = 32;

/** The longest that an answer is remembered, in milliseconds; long enough for the candidates of one offer. */
const MAX_CACHED: Millis = 10_000;

/** Answers that are remembered. */
const MAX_CACHE_SIZE = 64;

/** What a resolver needs. */
export interface MdnsResolverOptions {
  /** Where time comes from. */
  readonly clock: Clock;
  /** Opens a port. */
  readonly open: OpenMdnsPort;
}

/** One name that is being asked for. */
interface Query {
  readonly name: string;
  readonly id: number;
  readonly listeners: Set<(ip: string | undefined) => void>;
  cancelTimer: (() => void) | undefined;
  attempts: number;
}

/**
 * One-shot resolver for the `.local` names of ICE candidates (RFC 6762 section 5.1, RFC 8828).
 *
 * It asks the local link only, listens to answers only for what it asks, holds a port open only while it asks, and caps what a
 * peer's offer can make it do.
 */
export class MdnsResolver {
  readonly #clock: Clock;
  readonly #open: MdnsResolverOptions["open"];
  readonly #queries = new Map<string, Query>();
  readonly #waiting: Query[] = [];
  readonly #cache = new Map<string, { ip: string; until: Millis }>();
  #port: Promise<MdnsPort | undefined> | undefined;

  /** A resolver that opens its port when the first name is asked for. */
  constructor(options: MdnsResolverOptions) {
    this.#clock = options.clock;
    this.#open = options.open;
  }

  /** The address behind the name; undefined if it is no such name, nobody answers within 5 seconds, or `signal` aborts. */
  resolve(name: string, signal?: AbortSignal): Promise<string | undefined> {
    if (!isMdnsName(name) || signal?.aborted) return Promise.resolve(undefined);
    const key = name.toLowerCase();
    const cached = this.#cached(key);
    if (cached !== undefined) return Promise.resolve(cached);
    const query = this.#queryFor(key);
    if (query === undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const listener = (ip: string | undefined) => {
        signal?.removeEventListener("abort", abandon);
        resolve(ip);
      };
      const abandon = () => {
        query.listeners.delete(listener);
        resolve(undefined);
        if (query.listeners.size === 0) this.#end(query, undefined);
      };
      signal?.addEventListener("abort", abandon, { once: true });
      query.listeners.add(listener);
    });
  }

  #cached(name: string): string | undefined {
    const entry = this.#cache.get(name);
    if (entry !== undefined && entry.until > this.#clock.now()) return entry.ip;
    this.#cache.delete(name);
    return undefined;
  }

  /** The query under way for the name, or a new one; undefined if there are too many. */
  #queryFor(name: string): Query | undefined {
    const known = this.#queries.get(name) ?? this.#waiting.find((query) => query.name === name);
    if (known !== undefined) return known;
    const id = crypto.getRandomValues(new Uint16Array(1))[0]!;
    const query: Query = { name, id, listeners: new Set(), cancelTimer: undefined, attempts: 0 };
    if (this.#queries.size < MAX_MDNS_QUERIES) this.#start(query);
    else if (this.#waiting.length < MAX_MDNS_WAITING) this.#waiting.push(query);
    else return undefined;
    return query;
  }

  #start(query: Query): void {
    this.#queries.set(query.name, query);
    this.#port ??= this.#openPort();
    this.#attempt(query);
  }

  async #openPort(): Promise<MdnsPort | undefined> {
    try {
      return await this.#open((packet) => this.#received(packet));
    } catch {
      return undefined; // no multicast here: nobody will answer
    }
  }

  /** Sends the query, and comes back for the next time, or to give up. */
  #attempt(query: Query): void {
    const sentAt = SEND_AT[query.attempts];
    if (sentAt === undefined) return this.#end(query, undefined);
    this.#port?.then((port) => {
      if (this.#queries.get(query.name) === query) port?.ask(writeMdnsQuery(query.name, query.id));
    });
    query.attempts++;
    const next = SEND_AT[query.attempts] ?? GIVE_UP_AT;
    query.cancelTimer = this.#clock.after(next - sentAt, () => this.#attempt(query));
  }

  #received(packet: Uint8Array): void {
    for (const query of [...this.#queries.values()]) {
      const answer = parseMdnsAnswer(packet, query.name, query.id);
      if (answer !== undefined) this.#answered(query, answer);
    }
  }

  #answered(query: Query, { ip, ttl }: MdnsAnswer): void {
    if (this.#cache.size >= MAX_CACHE_SIZE) this.#cache.clear();
    const until = this.#clock.now() + Math.min(ttl * 1000, MAX_CACHED);
    this.#cache.set(query.name, { ip, until });
    this.#end(query, ip);
  }

  #end(query: Query, ip: string | undefined): void {
    query.cancelTimer?.();
    this.#queries.delete(query.name);
    const waitingAt = this.#waiting.indexOf(query);
    if (waitingAt >= 0) this.#waiting.splice(waitingAt, 1);
    for (const listener of query.listeners) listener(ip);
    query.listeners.clear();
    const next = this.#queries.size < MAX_MDNS_QUERIES ? this.#waiting.shift() : undefined;
    if (next !== undefined) this.#start(next);
    if (this.#queries.size === 0) this.#closePort();
  }

  #closePort(): void {
    const port = this.#port;
    this.#port = undefined;
    port?.then((port) => port?.close());
  }
}
