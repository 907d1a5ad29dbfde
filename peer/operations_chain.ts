/**
 * The operations chain of a peer connection (W3C WebRTC section 4.4.1.2): one asynchronous operation at a time, in the order of the
 * calls.
 */
export class OperationsChain {
  readonly #isClosed: () => boolean;
  readonly #onEmpty: () => void;
  #operations: (() => void)[] = [];

  /** `onEmpty` is called whenever the last operation has gone, unless the connection has been closed meanwhile. */
  constructor(isClosed: () => boolean, onEmpty: () => void) {
    this.#isClosed = isClosed;
    this.#onEmpty = onEmpty;
  }

  /** How many operations are running or waiting. */
  get length(): number {
    return this.#operations.length;
  }

  /** Runs `operation` when all that were chained before have settled. Its promise never settles once the connection is closed. */
  chain<T>(operation: () => Promise<T>): Promise<T> {
    if (this.#isClosed()) {
      return Promise.reject(new DOMException("The connection is closed", "InvalidStateError"));
    }
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#operations.push(() => {
      invoke(operation).then(
        (value) => this.#settle(() => resolve(value)),
        (error) => this.#settle(() => reject(error)),
      );
    });
    if (this.#operations.length === 1) this.#operations[0]!();
    const next = () => this.#next();
    promise.then(next, next);
    return promise;
  }

  #settle(settle: () => void): void {
    if (!this.#isClosed()) settle();
  }

  #next(): void {
    if (this.#isClosed()) return;
    this.#operations.shift();
    const operation = this.#operations[0];
    if (operation !== undefined) operation();
    else this.#onEmpty();
  }
}

/** What a call that throws would reject with. */
function invoke<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return operation();
  } catch (error) {
    return Promise.reject(error);
  }
}
