import type { Discards, Millis } from "../core/stage/mod.ts";
import type { SrtpDiscard } from "./discards.ts";
import type { PacketKind } from "./key_derivation.ts";
import type { SrtpPacket } from "./packet.ts";
import { InboundStreams } from "./streams/inbound_streams.ts";
import { Batch } from "./transform/job.ts";
import type { Transform } from "./transform/transform.ts";

/** Opens protected packets of one protocol, under one key: in batches, each packet once. */
export class Opener {
  /** What is known of the streams, by SSRC. */
  readonly streams: InboundStreams = new InboundStreams();
  /** Bytes by which a protected packet is longer. */
  readonly overhead: number;
  readonly #kind: PacketKind;
  readonly #transform: Transform;
  readonly #discards: Discards<SrtpDiscard>;
  readonly #above: SrtpPacket[];
  readonly #batch = new Batch();

  /** Plain packets go to `above`. */
  constructor(
    kind: PacketKind,
    transform: Transform,
    discards: Discards<SrtpDiscard>,
    above: SrtpPacket[],
  ) {
    this.overhead = transform.overhead;
    this.#kind = kind;
    this.#transform = transform;
    this.#discards = discards;
    this.#above = above;
  }

  /**
   * The highest authentic index of a stream, or -1. If the stream is new, but a packet of it is queued, that is opened first: whether
   * it is authentic decides where the stream begins.
   */
  highest(ssrc: number, now: Millis): number {
    if (this.streams.get(ssrc) === undefined && this.#batch.has(ssrc)) this.flush(now);
    return this.streams.get(ssrc)?.window.highest ?? -1;
  }

  /** Queues a packet, unless it came before. Its bytes must stay as they are until `flush`. */
  queue(
    packet: Uint8Array,
    ssrc: number,
    index: number,
    clear: number,
    encrypted: boolean,
    now: Millis,
  ): void {
    const stream = this.streams.get(ssrc);
    if (stream !== undefined && !stream.window.isNew(index)) return this.#discards.add("replayed");
    this.#batch.add(packet, ssrc, index, clear, encrypted);
    if (this.#batch.full) this.flush(now);
  }

  /** Opens what is queued, in one call of the transform, and hands it on in order. */
  flush(now: Millis): void {
    const { jobs } = this.#batch;
    if (jobs.length === 0) return;
    this.#batch.allocateOutputs(-this.overhead);
    const authentic = this.#transform.unprotect(jobs);
    for (let i = 0; i < jobs.length; i++) {
      const { ssrc, index, output } = jobs[i]!;
      if (!authentic[i]) this.#discards.add("bad tag");
      // RFC 3711 section 3.3: state moves only now. The same packet may be in the batch twice.
      else if (!this.streams.accept(ssrc, index, now)) this.#discards.add("replayed");
      else this.#above.push({ kind: this.#kind, data: output });
    }
    this.#batch.clear();
  }

  /** Frees the cipher. */
  [Symbol.dispose](): void {
    this.#transform[Symbol.dispose]();
  }
}
