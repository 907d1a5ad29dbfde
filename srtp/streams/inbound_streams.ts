import type { Millis } from "../../core/stage/mod.ts";
import { ReplayWindow } from "../../core/wire/mod.ts";

/** Streams whose state is kept. More than that many at once are no conference any more, but an attack by the peer itself. */
export const MAX_INBOUND_STREAMS = 1024;
/** How far behind the newest a packet may be: about a second of high-rate video (RFC 3711 section 3.3.2 asks for 64 at least). */
const REPLAY_WINDOW_SIZE = 1024;

/** What is remembered of a stream: which of its packets came. The highest one's index holds roll-over counter and s_l. */
export class InboundStream {
  readonly window: ReplayWindow = new ReplayWindow(REPLAY_WINDOW_SIZE);
  /** When its last packet came. */
  lastUsed: Millis = 0;
}

/**
 * The cryptographic contexts of what the peer sends (RFC 3711 section 3.2.3), by SSRC. Only an authentic packet makes one, or changes
 * one.
 */
export class InboundStreams {
  readonly #streams = new Map<number, InboundStream>();

  /** How many there are. */
  get size(): number {
    return this.#streams.size;
  }

  /** The stream of this SSRC, if it is known. */
  get(ssrc: number): InboundStream | undefined {
    return this.#streams.get(ssrc);
  }

  /** Takes the index of an authentic packet; false if it came before, or is too old to tell. */
  accept(ssrc: number, index: number, now: Millis): boolean {
    const stream = this.#streams.get(ssrc) ?? this.#create(ssrc);
    if (!stream.window.isNew(index)) return false;
    stream.window.accept(index);
    stream.lastUsed = now;
    return true;
  }

  #create(ssrc: number): InboundStream {
    if (this.#streams.size >= MAX_INBOUND_STREAMS) this.#forgetOldest();
    const stream = new InboundStream();
    this.#streams.set(ssrc, stream);
    return stream;
  }

  /**
   * Makes room for another stream. From then on packets of the one that is forgotten can be replayed, so it has to be the one that has
   * been silent for longest; a peer that makes us do this has itself sent more streams than anyone has use for.
   */
  #forgetOldest(): void {
    let oldest: number | undefined, since = Infinity;
    for (const [ssrc, { lastUsed }] of this.#streams) {
      if (lastUsed < since) [oldest, since] = [ssrc, lastUsed];
    }
    if (oldest !== undefined) this.#streams.delete(oldest);
  }
}
