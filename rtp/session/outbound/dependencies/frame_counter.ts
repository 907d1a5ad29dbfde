import { diff16 } from "../../../../core/wire/mod.ts";

/**
 * Numbers the frames of one stream, wherever they come from (AV1 RTP specification section A.8.3): a receiver takes a number that goes back
 * for a late one, and drops the frame. Numbers are told from one another without their wrap.
 */
export class FrameCounter {
  #latest = -1;

  /** The number behind the highest that there was. */
  get next(): number {
    return this.#latest + 1;
  }

  /** A frame with this number has been sent. */
  reach(number: number): void {
    this.#latest = Math.max(this.#latest, number);
  }

  /** What 16 bits of a number stand for: that which comes closest to the highest. */
  unwrap(number: number): number {
    return this.#latest + diff16(number, this.#latest & 0xffff);
  }
}
