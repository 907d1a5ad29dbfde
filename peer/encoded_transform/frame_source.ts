/** The source of a stream of frames that nobody has read yet: whoever gives them learns when one is read. */
export class FrameSource<Frame> implements UnderlyingDefaultSource<Frame> {
  readonly #onRead: () => void;
  readonly #queue: Frame[] = [];
  #controller: ReadableStreamDefaultController<Frame> | undefined;
  #pulled: (() => void) | undefined;
  #isOver = false;

  constructor(onRead: () => void) {
    this.#onRead = onRead;
  }

  /** The stream; it holds nothing by itself, so that a frame is read when it leaves the queue. */
  stream(): ReadableStream<Frame> {
    return new ReadableStream(this, { highWaterMark: 0 });
  }

  start(controller: ReadableStreamDefaultController<Frame>): void {
    this.#controller = controller;
  }

  pull(): Promise<void> | void {
    if (this.#queue.length > 0) return this.#give(this.#queue.shift()!);
    return new Promise((resolve) => this.#pulled = resolve);
  }

  /** Nobody wants frames any more: they count as read. */
  cancel(): void {
    this.#isOver = true;
    for (const _ of this.#queue.splice(0)) this.#onRead();
  }

  /** Appends a frame. */
  enqueue(frame: Frame): void {
    if (this.#isOver) return this.#onRead();
    const pulled = this.#pulled;
    if (pulled === undefined) {
      this.#queue.push(frame);
      return;
    }
    this.#pulled = undefined;
    this.#give(frame);
    pulled();
  }

  /** There will be no more frames; what has not been read is gone. */
  close(): void {
    this.#finish((controller) => controller.close());
  }

  /** The stream fails. */
  error(reason: unknown): void {
    this.#finish((controller) => controller.error(reason));
  }

  #give(frame: Frame): void {
    this.#controller!.enqueue(frame);
    this.#onRead();
  }

  #finish(how: (controller: ReadableStreamDefaultController<Frame>) => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#queue.length = 0;
    how(this.#controller!);
    this.#pulled?.();
  }
}
