import type { Millis } from "../../../core/stage/mod.ts";
import { type Allowance, allowance, BITS_AHEAD } from "./allowance.ts";
import type { OutgoingStream } from "./outgoing_stream.ts";

/** What layers are given is measured over so long. */
const WINDOW: Millis = 2000;

/** A layer that has been left out comes back where it takes no more than this share of the limit, along with those below. */
const HEADROOM = 0.9;

/** The active streams of a sender, the lowest layer first. */
export function lowestFirst(streams: readonly OutgoingStream[]): OutgoingStream[] {
  return streams.filter(({ parameters }) => parameters.active)
    .sort((one, other) => (one.parameters.rank ?? 0) - (other.parameters.rank ?? 0));
}

/** How much comes, whether or not it is sent. */
class GivenRate {
  #bits = 0;
  #since: Millis | undefined;
  #rate = 0;

  add(bytes: number, now: Millis): void {
    this.#since ??= now;
    this.#roll(now);
    this.#bits += 8 * bytes;
  }

  /** Bits per second in the last whole window; 0 in the first. */
  at(now: Millis): number {
    this.#roll(now);
    return this.#rate;
  }

  #roll(now: Millis): void {
    const elapsed = now - (this.#since ?? now);
    if (elapsed < WINDOW) return;
    this.#rate = this.#bits * 1000 / elapsed;
    this.#bits = 0;
    this.#since = now;
  }
}

interface Layer {
  readonly given: GivenRate;
  /** Of the whole limit: what this layer and those below have sent. */
  allowance: Allowance | undefined;
}

/**
 * Keeps all layers of a section together within what the other side wants of it (RFC 8866 section 5.8, RFC 3890). The highest give way first:
 * one that has no room beside those below it is left out as a whole, and the lowest sends what it can.
 */
export class SectionLimit {
  #maxBitrate: number | undefined;
  /** Of active streams, the lowest first. */
  #layers = new Map<OutgoingStream, Layer>();

  /** Follows the parameters of the section and its streams. */
  configure(maxBitrate: number | undefined, streams: readonly OutgoingStream[]): void {
    const isSame = maxBitrate === this.#maxBitrate;
    this.#maxBitrate = maxBitrate;
    const before = this.#layers;
    this.#layers = new Map(
      lowestFirst(streams).map((stream) => {
        const { given = new GivenRate(), allowance: known } = before.get(stream) ?? {};
        const kept = isSame && known !== undefined;
        return [stream, { given, allowance: kept ? known : allowance(maxBitrate, BITS_AHEAD) }];
      }),
    );
  }

  /** A frame of a stream has come, whatever becomes of it. */
  given(stream: OutgoingStream, bytes: number, now: Millis): void {
    if (this.#maxBitrate !== undefined) this.#layers.get(stream)?.given.add(bytes, now);
  }

  /** Bytes of a stream leave: those above it have so much less. */
  sent(stream: OutgoingStream, bytes: number): void {
    let isAbove = false;
    for (const [layer, { allowance }] of this.#layers) {
      isAbove ||= layer === stream;
      if (isAbove) allowance?.add(8 * bytes);
    }
  }

  /** Whether a frame may leave now. */
  allows(stream: OutgoingStream, now: Millis): boolean {
    return this.#isWithin(stream, 1, 1, now);
  }

  /** Whether several may, beginning with a key frame. */
  hasRoom(stream: OutgoingStream, now: Millis): boolean {
    return this.#isWithin(stream, 0.5, HEADROOM, now);
  }

  #isWithin(stream: OutgoingStream, ahead: number, share: number, now: Millis): boolean {
    const limit = this.#maxBitrate;
    if (limit === undefined) return true;
    let [total, isLowest] = [0, true];
    for (const [layer, { given, allowance }] of this.#layers) {
      total += given.at(now);
      if (layer === stream) {
        return (isLowest || total <= share * limit) && (allowance?.isWithin(ahead, now) ?? true);
      }
      isLowest = false;
    }
    return true;
  }
}
