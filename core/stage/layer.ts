/**
 * The contract between a protocol and the streams that carry it (ARCHITECTURE.md section 3).
 *
 * @module
 */

/** Milliseconds on the monotonic clock, never wall time. Fractions are allowed. */
export type Millis = number;

/** What calls into a layer have produced, each list in the order in which it was produced. */
export interface Outputs<Below, Above, Event> {
  /** For the side that is nearer to the wire. */
  below: Below[];
  /** For the side that is nearer to the application. */
  above: Above[];
  /** For whoever watches the layer: state changes, keys, candidates. */
  events: Event[];
}

/** An empty set of outputs, ready for {@linkcode Layer.poll}. */
export function emptyOutputs<Below, Above, Event>(): Outputs<Below, Above, Event> {
  return { below: [], above: [], events: [] };
}

/**
 * A protocol as a pure, synchronous state machine: no I/O, clock, timer, promise or randomness of its own.
 *
 * Its user mutates it with one call, then drains it with {@linkcode Layer.poll}, then arms one timer for
 * {@linkcode Layer.nextTimeout}. `Stage` does just that.
 */
export interface Layer<Below, Above, Event> {
  /** Takes what arrived from below. Never throws, whatever a peer sent: bad input is dropped and counted. */
  handleInbound(batch: readonly Below[], now: Millis): void;
  /** Takes what the side above wants sent. */
  handleOutbound(batch: readonly Above[], now: Millis): void;
  /** Serves every deadline that is due at `now`. Being called early is harmless. */
  handleTimeout(now: Millis): void;
  /** The side below has ended: nothing more will arrive, and nothing more can be sent. */
  handleEnd(now: Millis): void;
  /** Begins the protocol's own graceful close (close_notify, SHUTDOWN). Repeated calls do nothing. */
  close(now: Millis): void;
  /** Appends everything produced so far to `out`, and forgets it. */
  poll(out: Outputs<Below, Above, Event>): void;
  /** When {@linkcode Layer.handleTimeout} wants to be called; after such a call at `now`, later than `now` or undefined. */
  readonly nextTimeout: Millis | undefined;
  /** Bytes taken from above and not yet given below. */
  readonly backlog: number;
  /** True once the protocol needs neither to send nor to receive any more. */
  readonly done: boolean;
  /** Set once, by a fatal protocol error. A layer that failed is done. */
  readonly failure: Error | undefined;
}
