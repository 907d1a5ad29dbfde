import { add32, diff32 } from "../../core/wire/mod.ts";
import { MAX_GAP_BLOCKS } from "../constants.ts";

/** TSNs ahead of the cumulative one that are taken: gap blocks can't tell of more (RFC 9260 section 3.3.4). */
export const TSN_WINDOW = 65_535;

/** Words of the bitmap: one bit for each TSN of the window. */
const WORDS = 65_536 / 32;

/** What a TSN is. */
export type TsnVerdict = "new" | "duplicate" | "outside";

/** Which TSNs have arrived: the cumulative TSN, and a bitmap of what came after it. */
export class TsnTracker {
  /** Everything up to here has arrived, or was given up by the peer. */
  cumulative: number;
  #highest: number;
  /** Made when there is a first gap: most connections never have one. */
  #bits: Uint32Array | undefined;
  readonly #gaps = new Uint16Array(2 * MAX_GAP_BLOCKS);

  constructor(initialTsn: number) {
    this.cumulative = this.#highest = add32(initialTsn, -1);
  }

  /** Whether something is missing before the highest TSN. */
  get hasGaps(): boolean {
    return this.#highest !== this.cumulative;
  }

  /** Starts and ends of the gap blocks that `findGaps` found, by turns. */
  get gaps(): Uint16Array {
    return this.#gaps;
  }

  /** Judges a TSN, without taking it. */
  judge(tsn: number): TsnVerdict {
    const offset = diff32(tsn, this.cumulative);
    if (offset <= 0) return "duplicate";
    if (offset > TSN_WINDOW) return "outside";
    return this.#has(tsn) ? "duplicate" : "new";
  }

  /** Takes a TSN that was judged to be new. */
  accept(tsn: number): void {
    if (tsn === add32(this.cumulative, 1)) {
      this.cumulative = tsn;
      if (this.#highest === add32(tsn, -1)) this.#highest = tsn;
      else this.#absorb();
      return;
    }
    this.#bits ??= new Uint32Array(WORDS);
    this.#bits[(tsn & 0xffff) >>> 5]! |= 1 << (tsn & 31);
    if (diff32(tsn, this.#highest) > 0) this.#highest = tsn;
  }

  /** Everything up to `tsn`, which lies in the window, counts as arrived (RFC 3758 section 3.6). */
  forward(tsn: number): void {
    if (diff32(tsn, this.#highest) >= 0) {
      this.#bits?.fill(0);
      this.cumulative = this.#highest = tsn;
      return;
    }
    for (let passed = this.cumulative; passed !== tsn;) this.#clear(passed = add32(passed, 1));
    this.cumulative = tsn;
    this.#absorb();
  }

  /** Finds the gap blocks, as offsets from the cumulative TSN; returns how many, at most `limit`. */
  findGaps(limit: number): number {
    const end = diff32(this.#highest, this.cumulative);
    const gaps = this.#gaps;
    const most = Math.min(limit, MAX_GAP_BLOCKS);
    let count = 0;
    for (let offset = 1; offset <= end && count < most;) {
      offset = this.#seek(offset, end, true);
      if (offset > end) break;
      gaps[2 * count] = offset;
      offset = this.#seek(offset, end, false);
      gaps[2 * count + 1] = offset - 1;
      count++;
    }
    return count;
  }

  /** The first offset from `offset` on whose TSN has, or has not, arrived; `end` + 1 if there is none. */
  #seek(offset: number, end: number, arrived: boolean): number {
    const uniform = arrived ? 0 : 0xffff_ffff;
    while (offset <= end) {
      const tsn = add32(this.cumulative, offset);
      // Whole words of the same are stepped over.
      if ((tsn & 31) === 0 && this.#bits![(tsn & 0xffff) >>> 5] === uniform) {
        offset += 32;
        continue;
      }
      if (this.#has(tsn) === arrived) return offset;
      offset++;
    }
    return end + 1;
  }

  /** Moves the cumulative TSN over what had arrived early. */
  #absorb(): void {
    for (let next; this.#has(next = add32(this.cumulative, 1));) {
      this.#clear(next);
      this.cumulative = next;
    }
  }

  #has(tsn: number): boolean {
    const bits = this.#bits;
    return bits !== undefined && (bits[(tsn & 0xffff) >>> 5]! & (1 << (tsn & 31))) !== 0;
  }

  #clear(tsn: number): void {
    const bits = this.#bits;
    if (bits !== undefined) bits[(tsn & 0xffff) >>> 5]! &= ~(1 << (tsn & 31));
  }
}
