import { emptyOutputs, type Layer, type Millis } from "../../core/stage/mod.ts";
import { Random } from "./random.ts";

/** What a link does to what crosses it. All probabilities are per packet. */
export interface LinkModel {
  /** One-way delay in milliseconds; 10 by default. */
  delay?: Millis;
  /** Up to this much more, at random: what reorders. */
  jitter?: Millis;
  /** Probability of loss. */
  loss?: number;
  /** Probability of arriving twice. */
  duplication?: number;
}

/** Which end of a {@linkcode LayerPair}. */
export type End = "a" | "b";

interface InFlight<Below> {
  at: Millis;
  order: number;
  to: End;
  packet: Below;
}

/**
 * Two layers over a virtual link, in virtual time, with no stream and no promise: run to run the same.
 *
 * `filter` sees every packet in turn and may change it, drop it (undefined) or multiply it; it stands for an attacker or a middlebox.
 */
export class LayerPair<
  Below,
  Above,
  Event,
  L extends Layer<Below, Above, Event> = Layer<Below, Above, Event>,
> {
  now: Millis = 1000;
  /** What came out above, at each end. */
  readonly received: Record<End, Above[]> = { a: [], b: [] };
  /** The events of each end. */
  readonly events: Record<End, Event[]> = { a: [], b: [] };
  /** Packets sent by each end, before the link had its way with them. */
  readonly sent: Record<End, Below[]> = { a: [], b: [] };
  link: LinkModel;
  filter: (packet: Below, from: End) => Below | undefined | readonly Below[] = (packet) => packet;
  readonly #random: Random;
  #inFlight: InFlight<Below>[] = [];
  #order = 0;

  constructor(readonly a: L, readonly b: L, options: { link?: LinkModel; seed?: number } = {}) {
    this.link = options.link ?? {};
    this.#random = new Random(options.seed ?? 1);
  }

  /** Mutates one end and drains it. */
  run<T>(end: End, mutate: (layer: L, now: Millis) => T): T {
    const result = mutate(this[end], this.now);
    this.#drain(end);
    return result;
  }

  /** Puts a packet on the link as if `from` had sent it. */
  inject(from: End, packet: Below): void {
    this.#transmit(from, packet);
  }

  /** Moves time by `millis`, delivering packets and serving timers in order. */
  advance(millis: Millis): void {
    const until = this.now + millis;
    for (let next; (next = this.#nextTime()) !== undefined && next <= until;) this.#step(next);
    this.now = until;
  }

  /** Advances until `condition` holds; fails once `limit` milliseconds of virtual time have gone by. */
  until(condition: () => boolean, limit: Millis = 60_000): void {
    const end = this.now + limit;
    while (!condition()) {
      const next = this.#nextTime();
      if (next === undefined || next > end) {
        throw new Error(
          `Did not happen within ${limit} ms of virtual time (now ${this.now}): ${condition}`,
        );
      }
      this.#step(next);
    }
  }

  #nextTime(): Millis | undefined {
    const times = this.#inFlight.map(({ at }) => at);
    for (const end of ["a", "b"] as const) {
      const at = this[end].nextTimeout;
      if (at !== undefined) times.push(at);
    }
    return times.length === 0 ? undefined : Math.max(this.now, Math.min(...times));
  }

  #step(time: Millis): void {
    this.now = time;
    const due = this.#inFlight.filter(({ at }) => at <= time).sort((x, y) =>
      x.at - y.at || x.order - y.order
    );
    this.#inFlight = this.#inFlight.filter(({ at }) => at > time);
    for (const { to, packet } of due) this.run(to, (layer) => layer.handleInbound([packet], time));
    for (const end of ["a", "b"] as const) {
      const at = this[end].nextTimeout;
      if (at === undefined || at > time) continue;
      this.run(end, (layer) => layer.handleTimeout(time));
      const after = this[end].nextTimeout;
      if (after !== undefined && after <= time) {
        throw new Error(`nextTimeout of ${end} is ${after}, not after ${time}`);
      }
    }
  }

  #drain(end: End): void {
    const out = emptyOutputs<Below, Above, Event>();
    this[end].poll(out);
    this.received[end].push(...out.above);
    this.events[end].push(...out.events);
    for (const packet of out.below) {
      this.sent[end].push(packet);
      const filtered = this.filter(packet, end);
      if (filtered === undefined) continue;
      for (const one of Array.isArray(filtered) ? filtered as Below[] : [filtered as Below]) {
        this.#transmit(end, one);
      }
    }
  }

  #transmit(from: End, packet: Below): void {
    const { delay = 10, jitter = 0, loss = 0, duplication = 0 } = this.link;
    if (this.#random.chance(loss)) return;
    for (let copies = this.#random.chance(duplication) ? 2 : 1; copies > 0; copies--) {
      const at = this.now + delay + this.#random.fraction() * jitter;
      this.#inFlight.push({ at, order: this.#order++, to: from === "a" ? "b" : "a", packet });
    }
  }
}
