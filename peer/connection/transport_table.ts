import type { Transport } from "./transport.ts";

/**
 * Which transport each section uses (RFC 9143 section 7.3.1): bundled sections share one. What an offer has changed can be undone, until
 * an answer settles it.
 */
export class TransportTable {
  #byMid = new Map<string, Transport>();
  /** Those of the pending offer, once it has been answered: a final answer may settle it in another way than a provisional one. */
  #offered: ReadonlyMap<string, Transport> | undefined;
  /** Those of the last stable state. */
  #stable: ReadonlyMap<string, Transport> = new Map();
  /** Those that have not been given up. */
  #open = new Set<Transport>();

  /** Every transport that is in use, or would be again after a rollback. */
  get all(): Transport[] {
    return [...this.#open];
  }

  /** Every transport that a section uses now. */
  get inUse(): Transport[] {
    return [...new Set(this.#byMid.values())];
  }

  /** The transport of a section. */
  of(mid: string): Transport | undefined {
    return this.#byMid.get(mid);
  }

  /** Gives a section of an offer a transport: the one that it has, else that of the section which speaks for it, else a new one. */
  offer(mid: string, tag: string, create: () => Transport): void {
    if (this.#byMid.has(mid)) return;
    let transport = this.#byMid.get(tag);
    if (transport === undefined) {
      this.#byMid.set(tag, transport = create());
      this.#open.add(transport);
    }
    this.#byMid.set(mid, transport);
  }

  /** An answer has settled it: `tags` has the section that speaks for each one which was accepted. */
  answer(tags: ReadonlyMap<string, string>): void {
    const offered = this.#offered ??= this.#byMid;
    const settled = new Map<string, Transport>();
    for (const [mid, tag] of tags) {
      const transport = offered.get(tag) ?? offered.get(mid);
      if (transport !== undefined) settled.set(mid, transport);
    }
    this.#byMid = settled;
  }

  /** The state is stable: there is no way back. Returns the transports that nothing uses any more. */
  settle(): Transport[] {
    this.#stable = new Map(this.#byMid);
    return this.#giveUp();
  }

  /** Everything is again as in the last stable state. Returns the transports that were new. */
  rollBack(): Transport[] {
    this.#byMid = new Map(this.#stable);
    return this.#giveUp();
  }

  #giveUp(): Transport[] {
    this.#offered = undefined;
    const used = new Set(this.#byMid.values());
    const unused = this.all.filter((transport) => !used.has(transport));
    this.#open = used;
    return unused;
  }
}
