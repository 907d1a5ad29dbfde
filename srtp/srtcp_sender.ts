import type { Discards } from "../core/stage/mod.ts";
import type { SrtpDiscard } from "./discards.ts";
import { isVersion2, MAX_PACKET_LENGTH, RTCP_CLEAR_LENGTH, rtcpSsrcOf } from "./packet.ts";
import { MAX_SRTCP_INDEX } from "./packet_index.ts";
import { MAX_OUTBOUND_STREAMS } from "./srtp_sender.ts";
import { Batch } from "./transform/job.ts";
import type { Transform } from "./transform/transform.ts";

/** Protects compound RTCP packets (RFC 3711 section 3.4): in batches, under one key, always encrypted. */
export class SrtcpSender {
  /** The next index of each sender SSRC. */
  readonly nextIndexes: Map<number, number> = new Map();
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
    const { length } = packet;
    if (
      length < RTCP_CLEAR_LENGTH || !isVersion2(packet) ||
      length + this.#transform.overhead > MAX_PACKET_LENGTH
    ) return this.#discards.add("malformed RTCP");
    const ssrc = rtcpSsrcOf(packet);
    const index = this.nextIndexes.get(ssrc) ?? 0; // RFC 3711 section 3.2.1
    if (index === 0 && this.nextIndexes.size >= MAX_OUTBOUND_STREAMS) {
      return this.#discards.add("too many streams");
    }
    if (index > MAX_SRTCP_INDEX) return this.#discards.add("index limit"); // RFC 3711 section 9.2
    this.nextIndexes.set(ssrc, index + 1);
    this.#batch.add(packet, ssrc, index, RTCP_CLEAR_LENGTH);
    if (this.#batch.full) this.flush();
  }

  /** Protects what is queued, in one call of the transform. */
  flush(): void {
    const { jobs } = this.#batch;
    if (jobs.length === 0) return;
    this.#batch.allocateOutputs(this.#transform.overhead);
    this.#transform.protect(jobs);
    for (const { output } of jobs) this.#below.push(output);
    this.#batch.clear();
  }

  /** Frees the cipher. */
  [Symbol.dispose](): void {
    this.#transform[Symbol.dispose]();
  }
}
