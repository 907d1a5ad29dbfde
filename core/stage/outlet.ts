/** The most datagrams in one chunk of a stream (ARCHITECTURE.md section 5: a kernel buffer holds 92, a burst is at most 32). */
export const MAX_BATCH = 32;

/** As good as unbounded, yet a number: what is queued is the difference to it. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER;

/**
 * A readable stream of batches, seen from the side that fills it.
 *
 * It is unbounded, and whoever fills it need not care whether it has been cancelled. A failure comes out behind what was pushed
 * before it, as the end does: `controller.error` alone would throw the last alert or message away.
 */
export class Outlet<T> {
  /** Where the batches come out. */
  readonly readable: ReadableStream<readonly T[]>;
  #controller!: ReadableStreamDefaultController<readonly T[]>;
  #open = true;
  #failure: { reason: unknown } | undefined;

  constructor() {
    this.readable = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#failOnceRead(), // called after each read
      cancel: () => void (this.#open = false),
    }, { highWaterMark: UNBOUNDED });
  }

  /** Adds items, in batches of at most {@linkcode MAX_BATCH}. */
  push(items: readonly T[]): void {
    if (!this.#open || items.length === 0) return;
    if (items.length <= MAX_BATCH) return this.#controller.enqueue(items);
    for (let at = 0; at < items.length; at += MAX_BATCH) {
      this.#controller.enqueue(items.slice(at, at + MAX_BATCH));
    }
  }

  /** Ends the stream behind what was pushed. */
  close(): void {
    if (this.#open) this.#controller.close();
    this.#open = false;
  }

  /** Errors the stream behind what was pushed. */
  fail(reason: unknown): void {
    if (!this.#open) return;
    this.#open = false;
    this.#failure = { reason };
    this.#failOnceRead();
  }

  #failOnceRead(): void {
    if (this.#failure === undefined || this.#controller.desiredSize !== UNBOUNDED) return;
    this.#controller.error(this.#failure.reason);
  }
}
