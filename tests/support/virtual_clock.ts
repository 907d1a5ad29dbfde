import type { Clock, Millis } from "../../core/stage/mod.ts";

/** Time that moves only when a test says so. */
export class VirtualClock implements Clock {
  #now: Millis;
  #timers = new Set<{ at: Millis; run: () => void }>();

  constructor(now: Millis = 1000) {
    this.#now = now;
  }

  now(): Millis {
    return this.#now;
  }

  after(delay: Millis, run: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, delay), run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** How many timers are armed: a stack that has closed leaves none. */
  get armed(): number {
    return this.#timers.size;
  }

  /** Fails if a timer is armed. */
  assertIdle(): void {
    if (this.#timers.size > 0) throw new Error(`${this.#timers.size} timers are left`);
  }

  /** When the next timer is due. */
  get next(): Millis | undefined {
    let next: Millis | undefined;
    for (const { at } of this.#timers) if (next === undefined || at < next) next = at;
    return next;
  }

  /** Moves time by `millis`, running the timers that come due in their order, and letting promises settle after each. */
  async advance(millis: Millis): Promise<void> {
    const until = this.#now + millis;
    await settle();
    for (let next; (next = this.next) !== undefined && next <= until;) {
      this.#now = Math.max(this.#now, next);
      for (
        const timer of [...this.#timers].filter(({ at }) => at <= this.#now).sort((a, b) =>
          a.at - b.at
        )
      ) {
        if (this.#timers.delete(timer)) timer.run();
      }
      await settle();
    }
    this.#now = until;
  }

  /**
   * Moves time by `millis` at once, as where a machine was asleep or the process busy: what came due meanwhile runs late, each timer
   * once and in order.
   */
  async jump(millis: Millis): Promise<void> {
    this.#now += millis;
    await this.advance(0);
  }

  /** Advances from timer to timer until `condition` holds; fails once `limit` milliseconds of virtual time have gone by. */
  async until(condition: () => boolean, limit: Millis = 60_000): Promise<void> {
    const end = this.#now + limit;
    for (await settle(); !condition();) {
      const next = this.next;
      if (next === undefined || next > end) {
        throw new Error(`Did not happen within ${limit} ms of virtual time: ${condition}`);
      }
      await this.advance(Math.max(0, next - this.#now));
    }
  }
}

/** Lets every promise that can settle do so: streams hand a chunk on in a few turns of the microtask queue. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 8; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
