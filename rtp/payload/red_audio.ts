import { Discards } from "../../core/stage/mod.ts";
import { diff32 } from "../../core/wire/mod.ts";
import type { Depacketizer, EncodedFrame, PayloadDiscard, PayloadPacket } from "./format.ts";
import { MAX_RED_LENGTH, MAX_RED_OFFSET, parseRed, type RedBlock, writeRed } from "./red.ts";

/** Sends every frame again with the frames that follow it (RFC 2198). */
export class RedEncoder {
  readonly #payloadType: number;
  readonly #distance: number;
  #earlier: { data: Uint8Array; timestamp: number }[] = [];

  /** `payloadType` is that of the audio within; `distance` says how many earlier frames go along, from 0 to 9. */
  constructor(payloadType: number, distance: number) {
    this.#payloadType = payloadType;
    this.#distance = Math.min(Math.max(distance, 0), 9);
  }

  /** The payload of a frame, with as many earlier ones as fit in `maxSize` bytes. Throws a RangeError if even the frame doesn't. */
  encode(data: Uint8Array, timestamp: number, maxSize: number): Uint8Array {
    const payloadType = this.#payloadType;
    const blocks: RedBlock[] = [{ payloadType, timestampOffset: 0, data }];
    let size = 1 + data.length;
    if (size > maxSize) throw new RangeError(`A frame of ${data.length} bytes is one packet`);
    for (const earlier of this.#earlier) {
      const timestampOffset = diff32(timestamp, earlier.timestamp);
      size += 4 + earlier.data.length;
      const fits = timestampOffset > 0 && timestampOffset <= MAX_RED_OFFSET &&
        earlier.data.length <= MAX_RED_LENGTH && size <= maxSize;
      if (!fits) break;
      blocks.unshift({ payloadType, timestampOffset, data: earlier.data });
    }
    this.#earlier.unshift({ data, timestamp });
    this.#earlier.length = Math.min(this.#earlier.length, this.#distance);
    return writeRed(blocks);
  }
}

/** Which payload type a frame out of RED has. */
export interface RedDescriptor {
  /** Payload type, 0 to 127. */
  readonly payloadType: number;
  /** Whether it was lost, and comes out of a later packet. */
  readonly recovered: boolean;
}

/** Takes frames out of redundant audio: each once, those that were lost before the one they came with. */
export class RedDepacketizer implements Depacketizer<RedDescriptor> {
  /** What was dropped. */
  readonly discards: Discards<PayloadDiscard> = new Discards();
  readonly held = 0;
  #last: number | undefined;

  /** Takes the next packet. Its frames are copies, as those of the codecs are. */
  push(packet: PayloadPacket): readonly EncodedFrame<RedDescriptor>[] {
    if (packet.payload.length === 0) return [];
    const blocks = parseRed(packet.payload);
    if (blocks === undefined) {
      this.discards.add("malformed payload");
      return [];
    }
    const frames: EncodedFrame<RedDescriptor>[] = [];
    const start = this.#last;
    for (const [i, { payloadType, timestampOffset, data }] of blocks.entries()) {
      const recovered = i < blocks.length - 1;
      const timestamp = (packet.timestamp - timestampOffset) >>> 0;
      // Before the first frame nothing was lost; after it, what is not later than the last frame was there already.
      const isNew = this.#last === undefined ? !recovered : diff32(timestamp, this.#last) > 0;
      if (data.length === 0 || !isNew) continue;
      this.#last = timestamp;
      frames.push({
        ...{ data: data.slice(), timestamp, keyFrame: true },
        ...{ firstSequence: packet.sequenceNumber, lastSequence: packet.sequenceNumber },
        descriptor: { payloadType, recovered },
      });
    }
    if (frames.length === 0 && this.#last === start) this.discards.add("late packet");
    return frames;
  }
}
