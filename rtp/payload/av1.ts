import { type FinishedFrame, FrameAssembler, type FrameReader } from "./assembler.ts";
import { parseAv1Payload } from "./av1_payload.ts";
import { FrameBuffer } from "./frame_buffer.ts";
import {
  isIgnored,
  isKeyFrameHeader,
  leb128,
  OBU_HAS_SIZE,
  ObuType,
  obuType,
  readObu,
} from "./obu.ts";

/** What a temporal unit has in it. */
export interface Av1Descriptor {
  /** Whether a coded video sequence begins with it: N. */
  readonly newSequence: boolean;
  /** Whether it has a sequence header. */
  readonly sequenceHeader: boolean;
}

/** Puts AV1 temporal units together again: every OBU with its size, and no temporal delimiter. */
export function av1Depacketizer(): FrameAssembler<Av1Descriptor> {
  return new FrameAssembler(new Av1Reader());
}

/** What a temporal unit can begin with. */
const FIRST_TYPES: readonly number[] = [
  ObuType.TEMPORAL_DELIMITER,
  ObuType.SEQUENCE_HEADER,
  ObuType.METADATA,
  ObuType.FRAME,
  ObuType.FRAME_HEADER,
];

class Av1Reader implements FrameReader<Av1Descriptor> {
  readonly #frame = new FrameBuffer();
  /** An OBU of which more is to come. */
  readonly #partial = new FrameBuffer();
  #continues = false;
  #newSequence = false;
  #sequenceHeader = false;
  #keyFrame: boolean | undefined;

  get size(): number {
    return this.#frame.length + this.#partial.length;
  }

  get capacity(): number {
    return this.#frame.capacity + this.#partial.capacity;
  }

  isStart(payload: Uint8Array): boolean {
    const parsed = parseAv1Payload(payload);
    if (parsed === undefined || parsed.continuation) return false;
    if (parsed.newSequence) return true;
    const [header = 0, extension = 0] = parsed.elements[0]!;
    const spatialId = (header & 0x04) === 0 ? 0 : extension >> 3 & 3;
    return FIRST_TYPES.includes(obuType(header)) && spatialId === 0;
  }

  read(payload: Uint8Array): "malformed payload" | undefined {
    const parsed = parseAv1Payload(payload);
    if (parsed === undefined || parsed.continuation !== this.#continues) return "malformed payload";
    if (parsed.newSequence) this.#newSequence = true;
    const { elements } = parsed;
    for (const [i, element] of elements.entries()) {
      const last = i === elements.length - 1;
      if (last && parsed.continues || i === 0 && this.#continues) this.#partial.append(element);
      if (last && parsed.continues) break;
      if (!this.#endElement(element)) return "malformed payload";
    }
    this.#continues = parsed.continues;
    return undefined;
  }

  finish(): FinishedFrame<Av1Descriptor> | undefined {
    if (this.#continues || this.#frame.length === 0) return undefined;
    const descriptor = { newSequence: this.#newSequence, sequenceHeader: this.#sequenceHeader };
    return { data: this.#frame.take(), keyFrame: this.#keyFrame ?? false, descriptor };
  }

  reset(): void {
    this.#frame.clear();
    this.#partial.clear();
    this.#continues = false;
    this.#newSequence = false;
    this.#sequenceHeader = false;
    this.#keyFrame = undefined;
  }

  /** An element that is an OBU, or with what came before becomes one. */
  #endElement(element: Uint8Array): boolean {
    if (this.#partial.length === 0) return this.#addObu(element);
    const whole = this.#addObu(this.#partial.view);
    this.#partial.clear();
    return whole;
  }

  #addObu(bytes: Uint8Array): boolean {
    // An element without a byte says nothing.
    if (bytes.length === 0) return true;
    const read = readObu(bytes, 0, bytes.length);
    // An OBU that says its size says that of its element.
    if (read === undefined || read[1] !== bytes.length) return false;
    const [{ header, payload }] = read;
    const type = obuType(header[0]!);
    if (isIgnored(type)) return true;
    if (type === ObuType.SEQUENCE_HEADER) this.#sequenceHeader = true;
    if (type === ObuType.FRAME || type === ObuType.FRAME_HEADER) {
      this.#keyFrame ??= isKeyFrameHeader(payload);
    }
    header[0]! |= OBU_HAS_SIZE;
    this.#frame.append(header);
    this.#frame.append(leb128(payload.length));
    this.#frame.append(payload);
    return true;
  }
}
