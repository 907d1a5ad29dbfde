import { type Clock, systemClock } from "./clock.ts";
import { emptyOutputs, type Layer, type Millis, type Outputs } from "./layer.ts";
import { Outlet } from "./outlet.ts";

export { MAX_BATCH } from "./outlet.ts";

/** The default for {@linkcode StageOptions.highWaterMark}: 256 KiB. */
export const HIGH_WATER_MARK = 1 << 18;

/** The longest that a timer of the platform can wait; a longer one would fire at once. */
const MAX_DELAY: Millis = 2 ** 31 - 1;

/** How a {@linkcode Stage} is set up. */
export interface StageOptions<Event> {
  /** Where time comes from; the machine's clock by default. */
  clock?: Clock;
  /** An outbound write waits while the layer's backlog is above this many bytes. */
  highWaterMark?: number;
  /** Called for each event of the layer, before what the layer produced along with it is put on the streams. */
  onEvent?: (event: Event) => void;
}

/** One direction of a stage: what `pipeThrough` takes. */
export interface Lane<In, Out> {
  /** Where batches go in. */
  readonly writable: WritableStream<readonly In[]>;
  /** Where batches come out. */
  readonly readable: ReadableStream<readonly Out[]>;
}

/**
 * A {@linkcode Layer} worn as a pair of web streams.
 *
 * The lanes are hand-made pairs, not `TransformStream`s: those couple their ends, so that a half-closed application could not
 * acknowledge what still arrives. Inbound readables are unbounded, because a bounded one would stall the layer's own
 * acknowledgements; back-pressure towards the peer is the protocol's business (a_rwnd), or loss. Outbound, a write waits while the
 * layer's backlog is high.
 */
export class Stage<
  Below,
  Above,
  Event,
  L extends Layer<Below, Above, Event> = Layer<Below, Above, Event>,
> {
  /** From the wire to the application. */
  readonly inbound: Lane<Below, Above>;
  /** From the application to the wire. Closing its writable begins the layer's graceful close. */
  readonly outbound: Lane<Above, Below>;

  readonly #layer: L;
  readonly #clock: Clock;
  readonly #highWaterMark: number;
  readonly #onEvent: (event: Event) => void;
  readonly #up = new Outlet<Above>();
  readonly #down = new Outlet<Below>();
  /** What the layer has produced and nobody has got yet. */
  #out: Outputs<Below, Above, Event> = emptyOutputs();
  #draining = false;
  #cancelTimer: (() => void) | undefined;
  #armedFor: Millis | undefined;
  #waitingWriters: (() => void)[] = [];
  #over = false;
  #failure: unknown;

  /** Puts a stage around a layer, which from now on belongs to it. */
  constructor(layer: L, options: StageOptions<Event> = {}) {
    this.#layer = layer;
    this.#clock = options.clock ?? systemClock;
    this.#highWaterMark = options.highWaterMark ?? HIGH_WATER_MARK;
    this.#onEvent = options.onEvent ?? (() => {});
    this.inbound = {
      readable: this.#up.readable,
      writable: new WritableStream({
        write: (batch) => this.run((layer, now) => layer.handleInbound(batch, now)),
        close: () => this.run((layer, now) => layer.handleEnd(now)),
        abort: (reason) => this.#fail(reason),
      }),
    };
    this.outbound = {
      readable: this.#down.readable,
      writable: new WritableStream({
        write: (batch) => this.#send(batch),
        close: () => this.run((layer, now) => layer.close(now)),
        abort: (reason) => this.#fail(reason),
      }),
    };
  }

  /** The layer's own failure or the reason a lane was aborted with; undefined while neither has happened. */
  get failure(): unknown {
    return this.#failure;
  }

  /**
   * One more outbound entry to the layer, since a writable takes only one `pipeTo`: this is how several upper stages share one
   * lower one. Closing or aborting a port does not close the layer.
   */
  port(): WritableStream<readonly Above[]> {
    return new WritableStream({ write: (batch) => this.#send(batch) });
  }

  /** The only door to the layer: mutate once, drain completely, arm one timer. Returns what `mutate` returned. */
  run<T>(mutate: (layer: L, now: Millis) => T): T {
    const layer = this.#layer;
    try {
      return mutate(layer, this.#clock.now());
    } finally {
      this.#drain(layer);
    }
  }

  /**
   * Events first, for they may be what the stage above needs to understand the output (the keys of DTLS come with the first packets that
   * they protect). A handler, or a stream that hands on at once, may call `run` again: what that produces queues behind the rest.
   */
  #drain(layer: L): void {
    layer.poll(this.#out);
    if (this.#draining) return;
    this.#draining = true;
    try {
      while (this.#deliverEvents() || this.#deliverOutput());
    } finally {
      this.#draining = false;
      if (layer.backlog <= this.#highWaterMark / 2) this.#resumeWriters();
      if (layer.failure !== undefined) this.#fail(layer.failure);
      else if (layer.done) this.#finish();
      this.#arm();
    }
  }

  #send(batch: readonly Above[]): Promise<void> | void {
    this.run((layer, now) => layer.handleOutbound(batch, now));
    if (this.#over || this.#layer.backlog <= this.#highWaterMark) return;
    return new Promise((resume) => this.#waitingWriters.push(resume));
  }

  #resumeWriters(): void {
    if (this.#waitingWriters.length === 0) return;
    for (const resume of this.#waitingWriters.splice(0)) resume();
  }

  #deliverEvents(): boolean {
    const { events } = this.#out;
    if (events.length === 0) return false;
    for (let event; (event = events.shift()) !== undefined;) this.#onEvent(event);
    return true;
  }

  #deliverOutput(): boolean {
    const { below, above } = this.#out;
    if (below.length === 0 && above.length === 0) return false;
    this.#out = { below: [], above: [], events: this.#out.events };
    if (!this.#over) {
      this.#down.push(below);
      this.#up.push(above);
    }
    return true;
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#up.close();
    this.#down.close();
    this.#resumeWriters();
  }

  #fail(reason: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#failure = reason;
    this.#up.fail(reason);
    this.#down.fail(reason);
    this.#resumeWriters();
    this.#arm();
  }

  /** Keeps a timer that fires too early, rather than replacing it for every packet: `handleTimeout` bears being called early. */
  #arm(): void {
    const at = this.#over ? undefined : this.#layer.nextTimeout;
    if (this.#cancelTimer !== undefined) {
      if (at !== undefined && this.#armedFor! <= at) return;
      this.#cancelTimer();
      this.#cancelTimer = undefined;
    }
    if (at === undefined) return;
    this.#armedFor = at;
    const delay = Math.min(Math.max(0, at - this.#clock.now()), MAX_DELAY);
    this.#cancelTimer = this.#clock.after(delay, () => this.#fire());
  }

  #fire(): void {
    this.#cancelTimer = undefined;
    const at = this.#layer.nextTimeout;
    if (at !== undefined && at > this.#clock.now()) this.#arm();
    else this.run((layer, now) => layer.handleTimeout(now));
  }
}
