import { delay } from "@std/async/delay";

/** How often is looked, in milliseconds: figures of getStats tell of nothing by themselves. */
const INTERVAL = 100;
/** How long is looked at most, in milliseconds, where the caller doesn't say. */
const PATIENCE = 15_000;

/** Looks again and again until what is seen is as wished, and gives it; throws if that does not come about in time. */
export async function eventually<T>(
  wish: string,
  look: () => T | Promise<T>,
  isFulfilled: (seen: T) => boolean,
  patience: number = PATIENCE,
): Promise<T> {
  const end = performance.now() + patience;
  for (;;) {
    const seen = await look();
    if (isFulfilled(seen)) return seen;
    if (performance.now() > end) {
      throw new Error(`${wish}: not within ${patience} ms, but ${JSON.stringify(seen)}`);
    }
    await delay(INTERVAL);
  }
}
