import { Writer } from "../../core/wire/mod.ts";
import { type FinishedFrame, FrameAssembler, type FrameReader } from "./assembler.ts";
import type { FramePlace, MediaFrame, Packetizer, RtpPayload } from "./format.ts";
import { fragmentSizes } from "./fragments.ts";
import { FrameBuffer } from "./frame_buffer.ts";
import { joinSuperframe } from "./vp9_superframe.ts";
import {
  parseVp9Descriptor,
  type Vp9Descriptor,
  type Vp9Layer,
  writeVp9Descriptor,
} from "./vp9_descriptor.ts";

/** A VP9 frame of one spatial layer, with what its encoder knows of it. */
export interface Vp9Frame extends MediaFrame {
  /** In place of what the packetizer would say; B and E are set for each packet. */
  readonly descriptor?: Partial<Vp9Descriptor>;
  /** Whether it is the last of its picture; it is unless said otherwise. */
  readonly endOfPicture?: boolean;
}

/** Puts VP9 frames into payloads (RFC 9628). */
export class Vp9Packetizer implements Packetizer<Vp9Frame> {
  readonly #flexible: boolean;
  #pictureId: number;
  /** Whether more layers of the picture may follow. */
  #isOpen = false;

  /** `pictureId` is that of the first picture: at random, 15 bits. In flexible mode each frame says what it refers to. */
  constructor(pictureId: number, options: { readonly flexible?: boolean } = {}) {
    this.#pictureId = pictureId & 0x7fff;
    this.#flexible = options.flexible ?? false;
  }

  /** The payloads of a frame. `keyFrame` says whether it refers to earlier pictures, unless the frame's descriptor does. */
  packetize(frame: Vp9Frame, maxSize: number): RtpPayload[] {
    const { data, place, endOfPicture = place?.endsPicture ?? true } = frame;
    if (data.length === 0) return [];
    if (this.#isOpen && place?.beginsPicture) this.#pictureId = (this.#pictureId + 1) & 0x7fff;
    this.#isOpen = !endOfPicture;
    const common = this.#describe(frame);
    if (endOfPicture) this.#pictureId = (common.pictureId! + 1) & 0x7fff;
    const first = header({ ...common, startOfFrame: true });
    // RFC 9628 section 4.2: the scalability structure stands in the first packet of a frame only.
    const { structure: _, ...later } = common;
    const other = header(later);
    const payloads: RtpPayload[] = [];
    let at = 0;
    for (const size of fragments(data.length, maxSize, first.length, other.length)) {
      const bytes = at === 0 ? first : other;
      const payload = new Uint8Array(bytes.length + size);
      payload.set(bytes);
      payload.set(data.subarray(at, at + size), bytes.length);
      at += size;
      const last = at === data.length;
      if (last) payload[0]! |= 0x04;
      payloads.push({ payload, marker: last && endOfPicture, timestampOffset: 0 });
    }
    return payloads;
  }

  #describe({ keyFrame = false, place, descriptor }: Vp9Frame): Vp9Descriptor {
    const interPicture = descriptor?.interPicture ?? (place ? refersBack(place) : !keyFrame);
    // How layers depend on one another is known frame by frame, and not before: that is flexible mode.
    const flexible = this.#flexible || place !== undefined;
    return {
      pictureId: this.#pictureId,
      interPicture,
      flexible,
      notReferencedAbove: false,
      ...(place && { layer: layerOf(place) }),
      ...(flexible && interPicture ? { references: place?.references ?? [1] } : {}),
      ...descriptor,
      startOfFrame: false,
      endOfFrame: false,
    };
  }
}

function refersBack({ references }: FramePlace): boolean {
  return references.length > 0;
}

function layerOf({ temporalId, spatialId, switchingUp, interLayer }: FramePlace): Vp9Layer {
  return { temporalId, spatialId, switchingUp, interLayer };
}

/** What a VP9 picture is made of. */
export interface Vp9Picture {
  /** The descriptor of each spatial layer's first packet, lowest first; at most eight. */
  readonly layers: readonly Vp9Descriptor[];
}

/** The most spatial layers that a picture has: their number takes three bits (RFC 9628 section 4.2). */
const MAX_SPATIAL_LAYERS = 8;

/** Puts VP9 pictures together again: all spatial layers of one timestamp, as a superframe if they are several. */
export function vp9Depacketizer(): FrameAssembler<Vp9Picture> {
  return new FrameAssembler(new Vp9Reader());
}

class Vp9Reader implements FrameReader<Vp9Picture> {
  readonly #buffer = new FrameBuffer();
  #layers: Vp9Descriptor[] = [];
  /** Where their frames begin. */
  #starts: number[] = [];
  /** Whether a layer's frame has begun and not ended. */
  #inFrame = false;

  get size(): number {
    return this.#buffer.length;
  }

  get capacity(): number {
    return this.#buffer.capacity;
  }

  isStart(payload: Uint8Array): boolean {
    const descriptor = parseVp9Descriptor(payload)?.descriptor;
    if (descriptor === undefined || !descriptor.startOfFrame) return false;
    // A frame that needs the layer below it can't be the first of its picture.
    return descriptor.layer === undefined || !descriptor.layer.interLayer ||
      descriptor.layer.spatialId === 0;
  }

  read(payload: Uint8Array): "malformed payload" | undefined {
    const parsed = parseVp9Descriptor(payload);
    if (parsed === undefined || parsed.length === payload.length) return "malformed payload";
    const { descriptor, length } = parsed;
    if (descriptor.startOfFrame === this.#inFrame) return "malformed payload";
    const [first] = this.#layers;
    if (first !== undefined && first.pictureId !== descriptor.pictureId) return "malformed payload";
    if (descriptor.startOfFrame) {
      if (!this.#isAbove(descriptor)) return "malformed payload";
      this.#layers.push(descriptor);
      this.#starts.push(this.#buffer.length);
    }
    this.#inFrame = !descriptor.endOfFrame;
    this.#buffer.append(payload.subarray(length));
    return undefined;
  }

  finish(): FinishedFrame<Vp9Picture> | undefined {
    const layers = this.#layers;
    if (layers.length === 0 || this.#inFrame) return undefined;
    const keyFrame = !layers[0]!.interPicture;
    const data = this.#buffer.take();
    const frames = this.#starts.map((start, i) => data.subarray(start, this.#starts[i + 1]));
    return {
      data: frames.length > 1 ? joinSuperframe(frames) : data,
      ...{ keyFrame, descriptor: { layers } },
    };
  }

  reset(): void {
    this.#buffer.clear();
    this.#layers = [];
    this.#starts = [];
    this.#inFrame = false;
  }

  /** RFC 9628 section 3: the layers of a picture come from the lowest to the highest. */
  #isAbove({ layer }: Vp9Descriptor): boolean {
    const below = this.#layers[this.#layers.length - 1];
    if (below === undefined) return true;
    if (this.#layers.length === MAX_SPATIAL_LAYERS) return false;
    return layer !== undefined && below.layer !== undefined &&
      layer.spatialId > below.layer.spatialId;
  }
}

/** Sizes of the pieces of a frame whose first header is longer than the others. */
function fragments(length: number, maxSize: number, first: number, other: number): number[] {
  const even = fragmentSizes(first - other + length, maxSize - other)[0]!;
  const size = Math.max(1, even - (first - other));
  if (first + size > maxSize) throw new RangeError("The payload has no room for the frame");
  return [size, ...fragmentSizes(length - size, maxSize - other)];
}

function header(descriptor: Vp9Descriptor): Uint8Array {
  const writer = new Writer(16);
  writeVp9Descriptor(writer, descriptor);
  return writer.finish();
}
