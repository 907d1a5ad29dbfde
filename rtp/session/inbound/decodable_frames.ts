import type { FrameDependencies } from "../items.ts";

/** How far back a frame can refer to another one: 12 bits (AV1 RTP specification section A.8.2). */
const MAX_FRAMES = 1 << 12;

/**
 * Knows the frames that have been handed on since the last key frame, so that what comes after a loss is left out only if it needs what was
 * lost: dependency descriptors tell that (AV1 RTP specification section A.1).
 */
export class DecodableFrames {
  readonly #numbers = new Set<number>();

  /** Whether a picture, of as many frames as it has layers, can be decoded; those that follow may need it then. */
  take(layers: readonly FrameDependencies[], keyFrame: boolean): boolean {
    if (keyFrame) this.#numbers.clear();
    const own = new Set(layers.map(({ frameId }) => frameId));
    const isThere = (number: number) => this.#numbers.has(number) || own.has(number);
    const isDecodable = keyFrame ||
      layers.every(({ dependencies }) => dependencies.every(isThere));
    if (isDecodable) this.#add(own);
    return isDecodable;
  }

  /** None of them can be referred to any more. */
  clear(): void {
    this.#numbers.clear();
  }

  #add(numbers: Iterable<number>): void {
    for (const number of numbers) this.#numbers.add(number);
    for (const oldest of this.#numbers) {
      if (this.#numbers.size <= MAX_FRAMES) break;
      this.#numbers.delete(oldest);
    }
  }
}
