import type { Millis } from "../../../core/stage/mod.ts";
import type { ReturnedPacket } from "../items.ts";
import { MAX_STREAMS, type RtpFormat } from "../parameters.ts";
import type { FrameOutputs } from "./frame_output.ts";
import { IncomingStream, type StreamSection } from "./incoming_stream.ts";

/** What has come of packets that were given back. */
export interface ReturnedFrames extends FrameOutputs {
  readonly stream: IncomingStream;
}

/**
 * Packets that the application took and gave back, changed perhaps: put in order and made frames once more. What is missing was asked for,
 * and reports were made, when packets arrived.
 */
export class ReturnedStreams {
  readonly #section: StreamSection;
  readonly #streams = new Map<number, IncomingStream>();

  constructor(section: StreamSection) {
    this.#section = section;
  }

  /** Takes a packet back. */
  push({ packet, rid }: ReturnedPacket, format: RtpFormat, delay: Millis, now: Millis): void {
    const { ssrc } = packet;
    let stream = this.#streams.get(ssrc);
    if (stream === undefined) {
      this.#makeRoom();
      stream = new IncomingStream(ssrc, rid, this.#section, format, delay, false);
      this.#streams.set(ssrc, stream);
    }
    stream.receive(packet, format, now);
  }

  /** Frames whose turn it is. */
  take(now: Millis): ReturnedFrames[] {
    const returned: ReturnedFrames[] = [];
    for (const stream of this.#streams.values()) {
      const out = stream.take(now);
      if (out !== undefined) returned.push({ stream, ...out });
    }
    return returned;
  }

  get nextTimeout(): Millis | undefined {
    let next = Infinity;
    for (const { reception } of this.#streams.values()) {
      next = Math.min(next, reception.nextTimeout ?? Infinity);
    }
    return next === Infinity ? undefined : next;
  }

  /** All of them. */
  get streams(): Iterable<IncomingStream> {
    return this.#streams.values();
  }

  /** Forgets what has not come out. */
  clear(): void {
    this.#streams.clear();
  }

  #makeRoom(): void {
    if (this.#streams.size < MAX_STREAMS) return;
    this.#streams.delete(this.#streams.keys().next().value!);
  }
}
