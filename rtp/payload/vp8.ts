import { Writer } from "../../core/wire/mod.ts";
import { type FinishedFrame, FrameAssembler, type FrameReader } from "./assembler.ts";
import type { FramePlace, MediaFrame, Packetizer, RtpPayload } from "./format.ts";
import { fragmentSizes } from "./fragments.ts";
import { FrameBuffer } from "./frame_buffer.ts";
import { parseVp8Descriptor, type Vp8Descriptor, writeVp8Descriptor } from "./vp8_descriptor.ts";

/** A VP8 frame with what its encoder knows of its layer. */
export interface Vp8Frame extends MediaFrame {
  /** In place of what the packetizer would say; S and PID are set for each packet. */
  readonly descriptor?: Partial<Vp8Descriptor>;
}

/**
 * Puts VP8 frames into payloads (RFC 7741).
 *
 * @example
 * ```ts
 * import { Vp8Packetizer, vp8Depacketizer } from "@heron/webrtc/rtp";
 * import { assertEquals } from "@std/assert";
 *
 * const data = new Uint8Array(3000);
 * const payloads = new Vp8Packetizer(0).packetize({ data }, 1200);
 * assertEquals(payloads.map(({ marker }) => marker), [false, false, true]);
 *
 * const depacketizer = vp8Depacketizer();
 * const frames = payloads.flatMap((one, i) =>
 *   depacketizer.push({ ...one, sequenceNumber: i, timestamp: 90 })
 * );
 * assertEquals(frames[0]?.data, data);
 * ```
 */
export class Vp8Packetizer implements Packetizer<Vp8Frame> {
  #pictureId: number;
  /** TL0PICIDX of the latest frame of the lowest temporal layer. */
  #tl0PicIdx = -1;

  /** `pictureId` is that of the first frame: at random, 15 bits (RFC 7741 section 4.2). */
  constructor(pictureId: number) {
    this.#pictureId = pictureId & 0x7fff;
  }

  /** The payloads of a frame. */
  packetize({ data, place, descriptor }: Vp8Frame, maxSize: number): RtpPayload[] {
    if (data.length === 0) return [];
    const common = {
      nonReference: false,
      pictureId: this.#pictureId,
      ...(place && this.#indices(place)),
      ...descriptor,
      partition: 0,
    };
    this.#pictureId = (common.pictureId + 1) & 0x7fff;
    const header = new Writer(8);
    // Where later partitions begin is not said: RFC 7741 section 4.4 lets a sender do without it, and no receiver needs it.
    writeVp8Descriptor(header, { ...common, startOfPartition: false });
    const length = header.length;
    const payloads: RtpPayload[] = [];
    let at = 0;
    for (const size of fragmentSizes(data.length, maxSize - length)) {
      const payload = new Uint8Array(length + size);
      payload.set(header.finish());
      payload.set(data.subarray(at, at + size), length);
      if (at === 0) payload[0]! |= 0x10;
      at += size;
      payloads.push({ payload, marker: at === data.length, timestampOffset: 0 });
    }
    return payloads;
  }

  /** RFC 7741 section 4.2: TL0PICIDX counts the frames of the lowest temporal layer. */
  #indices({ temporalId, needsBaseOnly }: FramePlace): Partial<Vp8Descriptor> {
    if (temporalId === 0) this.#tl0PicIdx++;
    const layerSync = temporalId > 0 && needsBaseOnly;
    return { temporalId, tl0PicIdx: this.#tl0PicIdx & 0xff, layerSync };
  }
}

/** Puts VP8 frames together again. The descriptor of a frame is that of its first packet. */
export function vp8Depacketizer(): FrameAssembler<Vp8Descriptor> {
  return new FrameAssembler(new Vp8Reader());
}

class Vp8Reader implements FrameReader<Vp8Descriptor> {
  readonly #buffer = new FrameBuffer();
  #first: Vp8Descriptor | undefined;

  get size(): number {
    return this.#buffer.length;
  }

  get capacity(): number {
    return this.#buffer.capacity;
  }

  isStart(payload: Uint8Array): boolean {
    const parsed = parseVp8Descriptor(payload);
    return parsed !== undefined && isFirst(parsed.descriptor);
  }

  read(payload: Uint8Array): "malformed payload" | undefined {
    const parsed = parseVp8Descriptor(payload);
    if (parsed === undefined || parsed.length === payload.length) return "malformed payload";
    const { descriptor, length } = parsed;
    if (this.#first === undefined) {
      if (!isFirst(descriptor)) return "malformed payload";
      this.#first = descriptor;
    } else if (isFirst(descriptor) || descriptor.pictureId !== this.#first.pictureId) {
      return "malformed payload";
    }
    this.#buffer.append(payload.subarray(length));
    return undefined;
  }

  finish(): FinishedFrame<Vp8Descriptor> | undefined {
    const descriptor = this.#first;
    if (descriptor === undefined) return undefined;
    const data = this.#buffer.take();
    // RFC 7741 section 4.3: the lowest bit of the frame is 0 in key frames.
    return { data, keyFrame: (data[0]! & 1) === 0, descriptor };
  }

  reset(): void {
    this.#buffer.clear();
    this.#first = undefined;
  }
}

/** RFC 7741 section 4.4: S is set and PID is 0 in the first packet of a frame only. */
function isFirst({ startOfPartition, partition }: Vp8Descriptor): boolean {
  return startOfPartition && partition === 0;
}
