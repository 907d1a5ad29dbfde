import type { Clock } from "../core/stage/clock.ts";
import type { Millis } from "../core/stage/layer.ts";
import { type MdnsQuery, parseMdnsQuery, writeMdnsAnswer } from "./mdns_message.ts";
import { MDNS_GROUPS, type MdnsPort, type MdnsSender, type OpenMdnsPort } from "./mdns_port.ts";

/** Names at a time: each connection has one for each address of this machine. */
export const MAX_PUBLISHED = 1024;

/** For how long answers hold, in seconds (RFC 6762 section 10), and for those who do not know of mDNS (section 6.7). */
const TTL = 120, LEGACY_TTL = 10;

/** A name is not told to the group twice within this time (RFC 6762 section 6). */
const TELL_AGAIN: Millis = 1000;

/** Answers to single askers in one second, of all names together: whoever forges addresses must not have others flooded. */
export const MAX_REPLIES = 64;

/** A name, and what is behind it. */
interface Published {
  readonly name: string;
  readonly ip: string;
  toldAt: Millis;
}

/**
 * Answers for the names that this machine's addresses hide behind (RFC 6762; draft-ietf-mmusic-mdns-ice-candidates section 3.1).
 *
 * Names are random, so nobody is asked whether they are free. It holds a port open only while it has names.
 */
export class MdnsResponder {
  readonly #clock: Clock;
  readonly #open: OpenMdnsPort;
  readonly #published = new Map<string, Published>();
  #port: Promise<MdnsPort | undefined> | undefined;
  #repliesSince: Millis = -Infinity;
  #replies = 0;

  /** A responder that opens its port when there is a name. */
  constructor(options: { readonly clock: Clock; readonly open: OpenMdnsPort }) {
    this.#clock = options.clock;
    this.#open = options.open;
  }

  /**
   * Makes a name for an address, and answers for it until `signal` aborts. Where that is not possible, or there are too many names, it is
   * one that nobody answers for: it has to hide the address all the same.
   */
  async publish(ip: string, signal: AbortSignal): Promise<string> {
    const name = `${crypto.randomUUID()}.local`;
    if (signal.aborted || this.#published.size >= MAX_PUBLISHED) return name;
    this.#published.set(name, { name, ip, toldAt: -Infinity });
    signal.addEventListener("abort", () => this.#withdraw(name), { once: true });
    await (this.#port ??= this.#openPort());
    return name;
  }

  async #openPort(): Promise<MdnsPort | undefined> {
    try {
      return await this.#open((packet, from) => this.#received(packet, from));
    } catch {
      this.#port = undefined; // perhaps next time
      return undefined;
    }
  }

  /** Each name that is asked for is answered once, however often and in however many ways a packet asks. */
  #received(packet: Uint8Array, from: MdnsSender): void {
    const query = parseMdnsQuery(packet);
    if (query === undefined) return;
    for (
      const [name, questions] of Map.groupBy(query.questions, ({ name }) => name.toLowerCase())
    ) {
      const published = this.#published.get(name);
      if (published !== undefined) this.#answer(published, { id: query.id, questions }, from);
    }
  }

  #answer(published: Published, query: MdnsQuery, from: MdnsSender): void {
    const { name, ip, toldAt } = published;
    if (from.port !== MDNS_GROUPS.port) { // RFC 6762 section 6.7: it gets what any name server would send
      return this.#reply(from, writeMdnsAnswer({ name, ip, ttl: LEGACY_TTL, query }));
    }
    const answer = writeMdnsAnswer({ name, ip, ttl: TTL });
    const now = this.#clock.now();
    // RFC 6762 section 5.4: a reply to the asker alone, unless the others have not heard of the name for long.
    const othersKnow = toldAt + TTL * 1000 / 4 > now;
    if (othersKnow && query.questions.every(({ unicast }) => unicast)) {
      return this.#reply(from, answer);
    }
    if (toldAt + TELL_AGAIN > now) return;
    published.toldAt = now;
    this.#tell(answer);
  }

  #reply(from: MdnsSender, packet: Uint8Array): void {
    const now = this.#clock.now();
    if (now - this.#repliesSince >= 1000) {
      this.#repliesSince = now;
      this.#replies = 0;
    }
    if (++this.#replies <= MAX_REPLIES) from.reply(packet);
  }

  #tell(packet: Uint8Array): void {
    void this.#port?.then((port) => port?.tell(packet));
  }

  /** RFC 6762 section 10.1: a goodbye, to those who have heard of it. */
  #withdraw(name: string): void {
    const published = this.#published.get(name);
    if (published === undefined) return;
    this.#published.delete(name);
    if (published.toldAt > -Infinity) {
      this.#tell(writeMdnsAnswer({ name, ip: published.ip, ttl: 0 }));
    }
    if (this.#published.size > 0) return;
    const port = this.#port;
    this.#port = undefined;
    void port?.then((port) => port?.close());
  }
}
