import { Reader, type Writer } from "../../core/wire/mod.ts";
import {
  MAX_VP9_REFERENCES,
  readVp9Structure,
  type Vp9ScalabilityStructure,
  writeVp9Structure,
} from "./vp9_structure.ts";

/** What stands before the VP9 data in a payload (RFC 9628 section 4.2). */
export interface Vp9Descriptor {
  /** Counts pictures, 7 or 15 bits. */
  readonly pictureId?: number;
  /** Whether the picture ID has 15 bits. */
  readonly longPictureId?: boolean;
  /** P: the frame refers to earlier pictures. */
  readonly interPicture: boolean;
  /** F: every frame says itself what it refers to. */
  readonly flexible: boolean;
  /** B: a frame, of one spatial layer, begins with this payload. */
  readonly startOfFrame: boolean;
  /** E: a frame ends with this payload. */
  readonly endOfFrame: boolean;
  /** Z: no higher spatial layer refers to this frame. */
  readonly notReferencedAbove: boolean;
  /** Which layer the frame is in, if there are any. */
  readonly layer?: Vp9Layer;
  /** In flexible mode: how many pictures back those lie that the frame refers to, one to three. */
  readonly references?: readonly number[];
  /** SS: the layers from here on. */
  readonly structure?: Vp9ScalabilityStructure;
}

/** Layer indices. */
export interface Vp9Layer {
  /** TID. */
  readonly temporalId: number;
  /** U: a receiver can switch up to a higher temporal layer here. */
  readonly switchingUp: boolean;
  /** SID. */
  readonly spatialId: number;
  /** D: the frame refers to the spatial layer below it. */
  readonly interLayer: boolean;
  /** Counts pictures of the lowest temporal layer, 8 bits; there unless in flexible mode. */
  readonly tl0PicIdx?: number;
}

/**
 * Reads a payload descriptor; the reader fails if it is cut off or contradicts itself.
 *
 * ```text
 *      0 1 2 3 4 5 6 7
 *     +-+-+-+-+-+-+-+-+
 *     |I|P|L|F|B|E|V|Z| (REQUIRED)
 *     +-+-+-+-+-+-+-+-+
 * I:  |M| PICTURE ID  | (REQUIRED in flexible mode)
 *     +-+-+-+-+-+-+-+-+
 * M:  | EXTENDED PID  | (RECOMMENDED)
 *     +-+-+-+-+-+-+-+-+
 * L:  | TID |U| SID |D| (CONDITIONALLY RECOMMENDED)
 *     +-+-+-+-+-+-+-+-+
 *     |   TL0PICIDX   | (without flexible mode, with L)
 *     +-+-+-+-+-+-+-+-+                             -\
 * P,F:| P_DIFF      |N| (flexible mode, with P)     . up to 3 times
 *     +-+-+-+-+-+-+-+-+                             -/
 * V:  | SS            |
 *     | ..            |
 *     +-+-+-+-+-+-+-+-+
 * ```
 */
export function readVp9Descriptor(reader: Reader): Vp9Descriptor {
  const first = reader.u8();
  const flexible = (first & 0x10) !== 0;
  const descriptor: { -readonly [Key in keyof Vp9Descriptor]: Vp9Descriptor[Key] } = {
    interPicture: (first & 0x40) !== 0,
    flexible,
    startOfFrame: (first & 0x08) !== 0,
    endOfFrame: (first & 0x04) !== 0,
    notReferencedAbove: (first & 0x01) !== 0,
  };
  if ((first & 0x80) !== 0) {
    descriptor.longPictureId = (reader.peek() & 0x80) !== 0;
    descriptor.pictureId = descriptor.longPictureId ? reader.u16() & 0x7fff : reader.u8();
  } else if (flexible) {
    // RFC 9628 section 4.2: without picture ID, references have nothing to count from.
    reader.fail();
  }
  if ((first & 0x20) !== 0) descriptor.layer = readLayer(reader, flexible);
  if (flexible && descriptor.interPicture) descriptor.references = readReferences(reader);
  if ((first & 0x02) !== 0) descriptor.structure = readVp9Structure(reader);
  return descriptor;
}

/** The descriptor of a payload and where its data begins; undefined if there is none. */
export function parseVp9Descriptor(
  payload: Uint8Array,
): { descriptor: Vp9Descriptor; length: number } | undefined {
  const reader = new Reader(payload);
  const descriptor = readVp9Descriptor(reader);
  return reader.ok ? { descriptor, length: reader.offset } : undefined;
}

/** Writes a payload descriptor. Throws a RangeError if a frame in flexible mode refers to earlier ones and not to one to three of them. */
export function writeVp9Descriptor(writer: Writer, descriptor: Vp9Descriptor): void {
  const { pictureId, layer, structure, flexible, interPicture } = descriptor;
  writer.u8(
    (pictureId === undefined ? 0 : 0x80) | (interPicture ? 0x40 : 0) |
      (layer === undefined ? 0 : 0x20) | (flexible ? 0x10 : 0) |
      (descriptor.startOfFrame ? 0x08 : 0) | (descriptor.endOfFrame ? 0x04 : 0) |
      (structure === undefined ? 0 : 0x02) | (descriptor.notReferencedAbove ? 0x01 : 0),
  );
  if (pictureId !== undefined) {
    if (descriptor.longPictureId ?? true) writer.u16(0x8000 | pictureId & 0x7fff);
    else writer.u8(pictureId & 0x7f);
  }
  if (layer !== undefined) writeLayer(writer, layer, flexible);
  if (flexible && interPicture) writeReferences(writer, descriptor.references ?? []);
  if (structure !== undefined) writeVp9Structure(writer, structure);
}

function readLayer(reader: Reader, flexible: boolean): Vp9Layer {
  const indices = reader.u8();
  const layer = {
    temporalId: indices >> 5,
    switchingUp: (indices & 0x10) !== 0,
    spatialId: indices >> 1 & 0x07,
    interLayer: (indices & 0x01) !== 0,
  };
  return flexible ? layer : { ...layer, tl0PicIdx: reader.u8() };
}

function writeLayer(writer: Writer, layer: Vp9Layer, flexible: boolean): void {
  writer.u8(
    layer.temporalId << 5 | (layer.switchingUp ? 0x10 : 0) | layer.spatialId << 1 |
      (layer.interLayer ? 0x01 : 0),
  );
  if (!flexible) writer.u8(layer.tl0PicIdx ?? 0);
}

function readReferences(reader: Reader): number[] {
  const references: number[] = [];
  for (let more = true; more && reader.ok;) {
    if (references.length === MAX_VP9_REFERENCES) reader.fail();
    const reference = reader.u8();
    references.push(reference >> 1);
    more = (reference & 1) !== 0;
  }
  return references;
}

function writeReferences(writer: Writer, references: readonly number[]): void {
  const { length } = references;
  if (length === 0 || length > MAX_VP9_REFERENCES) throw new RangeError(`${length} references`);
  references.forEach((reference, i) => writer.u8(reference << 1 | (i < length - 1 ? 1 : 0)));
}
