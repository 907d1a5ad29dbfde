/** Streams of a section that are told apart at most, as many as an RTP session has of it. */
const MAX_FLOWS = 16;

/** Something for each stream of a section in one direction. The oldest makes room for a new one. */
export class Flows<T> {
  readonly #create: () => T;
  readonly #flows = new Map<number, T>();

  constructor(create: () => T) {
    this.#create = create;
  }

  /** That of a stream, made on first use. */
  of(ssrc: number): T {
    let flow = this.#flows.get(ssrc);
    if (flow !== undefined) return flow;
    if (this.#flows.size >= MAX_FLOWS) this.#flows.delete(this.#flows.keys().next().value!);
    this.#flows.set(ssrc, flow = this.#create());
    return flow;
  }

  /** That of a stream, if there is one. */
  get(ssrc: number): T | undefined {
    return this.#flows.get(ssrc);
  }
}
