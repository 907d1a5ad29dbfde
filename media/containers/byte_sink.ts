/** Where the bytes of a file go: the caller's stream, or memory. */
export class ByteSink {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  readonly #parts: Uint8Array[] = [];

  constructor(writable: WritableStream<Uint8Array> | undefined) {
    this.#writer = writable?.getWriter();
  }

  /** Whether they are gone as soon as they are written, so that none can be changed later. */
  get isStream(): boolean {
    return this.#writer !== undefined;
  }

  /** Appends some. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#writer === undefined) this.#parts.push(bytes);
    else await this.#writer.write(bytes);
  }

  /** Gives the file up. */
  async abort(reason: unknown): Promise<void> {
    await this.#writer?.abort(reason);
  }

  /** Ends the file: what is in memory, undefined if it went to a stream. */
  async close(): Promise<readonly Uint8Array[] | undefined> {
    await this.#writer?.close();
    return this.isStream ? undefined : this.#parts;
  }
}
