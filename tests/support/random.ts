/**
 * Reproducible randomness for tests (xorshift128). Print the seed wherever a run depends on it; `HERON_SEED` sets it.
 *
 * @module
 */

/** A seed from the environment, or a fresh one; printed, so that a failure can be repeated. */
export function seedForRun(what: string): number {
  const given = Deno.env.get("HERON_SEED");
  const seed = given === undefined ? crypto.getRandomValues(new Uint32Array(1))[0]! : Number(given);
  // deno-lint-ignore no-console
  console.log(`${what}: HERON_SEED=${seed}`);
  return seed;
}

/** A seeded source of randomness. */
export class Random {
  #state: Uint32Array;

  constructor(readonly seed: number) {
    // splitmix32: neighbouring seeds must not give similar streams.
    let mixed = seed | 0;
    this.#state = Uint32Array.from({ length: 4 }, () => {
      mixed = (mixed + 0x9e3779b9) | 0;
      let word = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
      word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
      return word ^ (word >>> 15);
    });
  }

  /** An integer below 2^32. */
  u32(): number {
    const s = this.#state;
    let t = s[3]!;
    s[3] = s[2]!;
    s[2] = s[1]!;
    s[1] = s[0]!;
    t ^= t << 11;
    t ^= t >>> 8;
    s[0] = t ^ s[0]! ^ (s[0]! >>> 19);
    return s[0]!;
  }

  /** A number from 0 up to, not including, 1. */
  fraction(): number {
    return this.u32() / 2 ** 32;
  }

  /** An integer from 0 up to, not including, `limit`. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** One of the items. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** Random bytes. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = this.u32() & 0xff;
    return bytes;
  }

  /** A copy of `bytes` with a few bytes flipped, cut off, inserted, doubled or set to an extreme. */
  mutate(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    let mutated = new Uint8Array(bytes);
    for (let n = 1 + this.below(4); n > 0; n--) {
      const at = this.below(mutated.length + 1);
      switch (this.below(5)) {
        case 0:
          if (at < mutated.length) mutated[at]! ^= 1 << this.below(8);
          break;
        case 1:
          mutated = mutated.slice(0, at);
          break;
        case 2:
          mutated = Uint8Array.from([
            ...mutated.subarray(0, at),
            ...this.bytes(1 + this.below(8)),
            ...mutated.subarray(at),
          ]);
          break;
        case 3:
          if (at < mutated.length) mutated[at] = this.pick([0, 1, 0x7f, 0x80, 0xff]);
          break;
        case 4:
          mutated = Uint8Array.from([
            ...mutated.subarray(0, at),
            ...mutated.subarray(this.below(mutated.length + 1)),
          ]);
          break;
      }
    }
    return mutated;
  }
}
