/** Sections whose numbers are remembered: more than any conference has. The oldest are forgotten first. */
const MAX_SECTIONS = 1024;

/** What a number stands for that the peer uses for something unknown to us. */
const UNKNOWN = "";

/**
 * Numbers that stand for the same thing for the life of a connection: payload types for codecs, ids for header extensions. A section
 * keeps its own; bundled sections share one table (RFC 9143 sections 9.1.1 and 12), so any other section gets what is in use already; and a number
 * that has once stood for something is not given to anything else (RFC 3264 section 8.3.2).
 */
export class StableNumbers {
  readonly #pool: readonly number[];
  /** What each number stands for, by the latest description. */
  readonly #meanings = new Map<number, string>();
  readonly #latest = new Map<string, number>();
  readonly #sections = new Map<string, Map<string, number>>();

  /** `pool` has the numbers that can be given, in the order in which they are. */
  constructor(pool: readonly number[]) {
    this.#pool = pool;
  }

  /** Notes that a description other than an answer to this side has `number` stand for `meaning`, undefined if that is nothing we know, in the section `mid`. */
  adopt(mid: string, number: number, meaning: string | undefined): void {
    const section = this.#sectionOf(mid);
    for (const [other, taken] of section) if (taken === number) section.delete(other);
    if (meaning === undefined) {
      if (!this.#meanings.has(number)) this.#meanings.set(number, UNKNOWN);
      return;
    }
    section.set(meaning, number);
    this.#meanings.set(number, meaning);
    this.#latest.set(meaning, number);
  }

  /** Notes what an answer to this side says: what this side has said of the section already stays, for each receives under its own numbers. */
  adoptAnswer(mid: string, number: number, meaning: string | undefined): void {
    const isSaid = meaning !== undefined && this.#sections.get(mid)?.has(meaning);
    if (!isSaid) this.adopt(mid, number, meaning);
    else if (!this.#meanings.has(number)) this.#meanings.set(number, meaning);
  }

  /** The number for `meaning` in the section `mid`, `preferred` if that is free; undefined if no number is. */
  assign(mid: string, meaning: string, preferred?: number): number | undefined {
    const number = this.#known(mid, meaning) ?? this.#free(preferred);
    if (number !== undefined) this.adopt(mid, number, meaning);
    return number;
  }

  /** Forgets a section that has been recycled; its numbers stay taken. */
  forget(mid: string): void {
    this.#sections.delete(mid);
  }

  #known(mid: string, meaning: string): number | undefined {
    const own = this.#sections.get(mid)?.get(meaning);
    if (own !== undefined) return own;
    const latest = this.#latest.get(meaning);
    // An unbundled section may have given the number another meaning since.
    return latest !== undefined && this.#meanings.get(latest) === meaning ? latest : undefined;
  }

  #free(preferred: number | undefined): number | undefined {
    if (preferred !== undefined && !this.#meanings.has(preferred)) return preferred;
    return this.#pool.find((number) => !this.#meanings.has(number));
  }

  #sectionOf(mid: string): Map<string, number> {
    const known = this.#sections.get(mid);
    if (known !== undefined) return known;
    if (this.#sections.size >= MAX_SECTIONS) {
      const oldest: string = this.#sections.keys().next().value!;
      this.#sections.delete(oldest);
    }
    const section = new Map<string, number>();
    this.#sections.set(mid, section);
    return section;
  }
}
