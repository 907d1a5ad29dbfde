import { ArrivalCounts } from "./arrival_reports.ts";

/** How many packets of a stream are remembered: what a second of RFC 8888 feedback can be about. A power of two. */
const MAX_PER_STREAM = 2048;

/** How many streams are remembered; the one that came first goes first. */
const MAX_STREAMS = 64;

/** Which transport-wide number each packet of one stream had. */
export class StreamNumbers {
  /** What reports have said of them. */
  readonly arrivals: ArrivalCounts = new ArrivalCounts();
  readonly #own = new Int32Array(MAX_PER_STREAM).fill(-1);
  readonly #transportWide = new Uint16Array(MAX_PER_STREAM);

  /** Remembers a packet. */
  set(sequenceNumber: number, sequence: number): void {
    this.#own[sequenceNumber % MAX_PER_STREAM] = sequenceNumber;
    this.#transportWide[sequenceNumber % MAX_PER_STREAM] = sequence;
  }

  /** The packet's transport-wide number, if it is remembered. */
  get(sequenceNumber: number): number | undefined {
    const slot = sequenceNumber % MAX_PER_STREAM;
    return this.#own[slot] === sequenceNumber ? this.#transportWide[slot] : undefined;
  }
}

/** RFC 8888 names packets by stream and RTP sequence number, where we count them transport-wide: this is the way back. */
export class StreamSequences {
  readonly #streams = new Map<number, StreamNumbers>();

  /** Remembers a packet of ours. */
  set(ssrc: number, sequenceNumber: number, sequence: number): void {
    let numbers = this.#streams.get(ssrc);
    if (numbers === undefined) {
      if (this.#streams.size === MAX_STREAMS) {
        for (const oldest of this.#streams.keys()) {
          this.#streams.delete(oldest);
          break;
        }
      }
      numbers = new StreamNumbers();
      this.#streams.set(ssrc, numbers);
    }
    numbers.set(sequenceNumber, sequence);
  }

  /** A stream of ours. */
  of(ssrc: number): StreamNumbers | undefined {
    return this.#streams.get(ssrc);
  }
}
