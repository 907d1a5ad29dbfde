import type { Discards } from "../core/stage/mod.ts";
import type { SrtpDiscard } from "./discards.ts";
import { MAX_PACKET_LENGTH, rtpHeaderLength, sequenceNumberOf, ssrcOf, u32 } from "./packet.ts";
import { OutboundStream } from "./streams/outbound_stream.ts";
import { Batch } from "./transform/job.ts";
import type { Transform } from "./transform/transform.ts";

/** Streams that we send at most. None is ever forgotten: its indexes would start anew under the same key. */
export const MAX_OUTBOUND_STREAMS = 1024;

/** Protects RTP packets (RFC 3711 section 3.3): in batches, under one key. */
export class SrtpSender {
  /** By SSRC. */
  readonly streams: Map<number, OutboundStream> = new Map();
  readonly #transform: Transform;
  readonly #discards: Discards<SrtpDiscard>;
  readonly #below: Uint8Array[];
  readonly #batch = new Batch();

  /** Protected packets go to `below`. */
  constructor(transform: Transform, discards: Discards<SrtpDiscard>, below: Uint8Array[]) {
    this.#transform = transform;
    this.#discards = discards;
    this.#below = below;
  }

  /** Queues a packet. Its bytes must stay as they are until `flush`. */
  queue(packet: Uint8Array): void {
    const headerLength = rtpHeaderLength(packet, packet.length);
    if (
      headerLength === undefined || packet.length + this.#transform.overhead > MAX_PACKET_LENGTH
    ) {
      return this.#discards.add("malformed RTP");
    }
    const ssrc = ssrcOf(packet);
    const stream = this.#streamOf(ssrc);
    if (stream === undefined) return this.#discards.add("too many streams");
    const index = stream.take(sequenceNumberOf(packet));
    if (index === undefined) return this.#discards.add("index limit");
    this.#batch.add(packet, ssrc, index, headerLength);
    if (this.#batch.full) this.flush();
  }

  /** Protects what is queued, in one call of the transform. */
  flush(): void {
    const { jobs } = this.#batch;
    if (jobs.length === 0) return;
    this.#batch.allocateOutputs(this.#transform.overhead);
    this.#transform.protect(jobs);
    for (const { ssrc, index, output } of jobs) {
      if (this.streams.get(ssrc)!.admit(index, u32(output, output.length - 4))) {
        this.#below.push(output);
      } else {
        this.#discards.add("index used before");
      }
    }
    this.#batch.clear();
  }

  /** Frees the cipher. */
  [Symbol.dispose](): void {
    this.#transform[Symbol.dispose]();
  }

  #streamOf(ssrc: number): OutboundStream | undefined {
    let stream = this.streams.get(ssrc);
    if (stream === undefined && this.streams.size < MAX_OUTBOUND_STREAMS) {
      stream = new OutboundStream();
      this.streams.set(ssrc, stream);
    }
    return stream;
  }
}
