import { Reader, type Writer } from "../../core/wire/mod.ts";

/** What stands before the VP8 data in a payload (RFC 7741 section 4.2). */
export interface Vp8Descriptor {
  /** N: no other frame refers to this one. */
  readonly nonReference: boolean;
  /** S: a partition begins with this payload. */
  readonly startOfPartition: boolean;
  /** PID: which partition the payload begins in. */
  readonly partition: number;
  /** Counts frames, 7 or 15 bits. */
  readonly pictureId?: number;
  /** Whether the picture ID has 15 bits. */
  readonly longPictureId?: boolean;
  /** Counts frames of the lowest temporal layer, 8 bits. */
  readonly tl0PicIdx?: number;
  /** TID: temporal layer. */
  readonly temporalId?: number;
  /** Y: the frame refers to the lowest layer only, so that a receiver can switch up to its layer here. */
  readonly layerSync?: boolean;
  /** Which key frame the frame depends on, 5 bits. */
  readonly keyIdx?: number;
}

/**
 * Reads a payload descriptor; the reader fails if it is cut off.
 *
 * ```text
 *      0 1 2 3 4 5 6 7
 *     +-+-+-+-+-+-+-+-+
 *     |X|R|N|S|R| PID | (REQUIRED)
 *     +-+-+-+-+-+-+-+-+
 * X:  |I|L|T|K| RSV   | (OPTIONAL)
 *     +-+-+-+-+-+-+-+-+
 * I:  |M| PictureID   | (OPTIONAL)
 *     +-+-+-+-+-+-+-+-+
 * M:  |  PictureID    |
 *     +-+-+-+-+-+-+-+-+
 * L:  |   TL0PICIDX   | (OPTIONAL)
 *     +-+-+-+-+-+-+-+-+
 * T/K:|TID|Y| KEYIDX  | (OPTIONAL)
 *     +-+-+-+-+-+-+-+-+
 * ```
 */
export function readVp8Descriptor(reader: Reader): Vp8Descriptor {
  const first = reader.u8();
  const descriptor: { -readonly [Key in keyof Vp8Descriptor]: Vp8Descriptor[Key] } = {
    nonReference: (first & 0x20) !== 0,
    startOfPartition: (first & 0x10) !== 0,
    partition: first & 0x07,
  };
  const flags = (first & 0x80) !== 0 ? reader.u8() : 0;
  if ((flags & 0x80) !== 0) {
    descriptor.longPictureId = (reader.peek() & 0x80) !== 0;
    descriptor.pictureId = descriptor.longPictureId ? reader.u16() & 0x7fff : reader.u8();
  }
  if ((flags & 0x40) !== 0) descriptor.tl0PicIdx = reader.u8();
  if ((flags & 0x30) !== 0) {
    const layer = reader.u8();
    if ((flags & 0x20) !== 0) {
      descriptor.temporalId = layer >> 6;
      descriptor.layerSync = (layer & 0x20) !== 0;
    }
    if ((flags & 0x10) !== 0) descriptor.keyIdx = layer & 0x1f;
  }
  return descriptor;
}

/** The descriptor of a payload and where its data begins; undefined if there is none. */
export function parseVp8Descriptor(
  payload: Uint8Array,
): { descriptor: Vp8Descriptor; length: number } | undefined {
  const reader = new Reader(payload);
  const descriptor = readVp8Descriptor(reader);
  return reader.ok ? { descriptor, length: reader.offset } : undefined;
}

/** Writes a payload descriptor. */
export function writeVp8Descriptor(writer: Writer, descriptor: Vp8Descriptor): void {
  const { pictureId, tl0PicIdx, temporalId, keyIdx } = descriptor;
  const flags = (pictureId === undefined ? 0 : 0x80) | (tl0PicIdx === undefined ? 0 : 0x40) |
    (temporalId === undefined ? 0 : 0x20) | (keyIdx === undefined ? 0 : 0x10);
  writer.u8(
    (flags === 0 ? 0 : 0x80) | (descriptor.nonReference ? 0x20 : 0) |
      (descriptor.startOfPartition ? 0x10 : 0) | descriptor.partition & 0x07,
  );
  if (flags === 0) return;
  writer.u8(flags);
  if (pictureId !== undefined) {
    if (descriptor.longPictureId ?? true) writer.u16(0x8000 | pictureId & 0x7fff);
    else writer.u8(pictureId & 0x7f);
  }
  if (tl0PicIdx !== undefined) writer.u8(tl0PicIdx);
  if (temporalId !== undefined || keyIdx !== undefined) {
    writer.u8((temporalId ?? 0) << 6 | (descriptor.layerSync ? 0x20 : 0) | (keyIdx ?? 0) & 0x1f);
  }
}
