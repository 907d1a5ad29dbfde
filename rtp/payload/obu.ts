/** Types of OBUs (AV1 specification section 6.2.2) that matter here. */
export const ObuType = {
  SEQUENCE_HEADER: 1,
  TEMPORAL_DELIMITER: 2,
  FRAME_HEADER: 3,
  METADATA: 5,
  FRAME: 6,
  TILE_LIST: 8,
} as const;

/** The bit of an OBU header which says that a size follows (AV1 specification section 5.3.2). */
export const OBU_HAS_SIZE = 0x02;
const OBU_HAS_EXTENSION = 0x04;

/** leb128() takes at most eight bytes, and its value at most 32 bits (AV1 specification section 4.10.5). */
const MAX_LEB128_LENGTH = 8;

/** An OBU taken apart: views of where it came from. */
export interface Obu {
  /** The header without its size bit, and the extension if there is one. */
  readonly header: Uint8Array;
  /** What follows header and size. */
  readonly payload: Uint8Array;
}

/** The type of an OBU from the first byte of its header. */
export function obuType(first: number): number {
  return first >> 3 & 0x0f;
}

/** Temporal and spatial layer together, as the OBU extension has them; undefined without one. */
export function obuLayer(header: Uint8Array): number | undefined {
  return header.length > 1 ? header[1]! >> 3 : undefined;
}

/**
 * Takes the OBU at `at` apart, which reaches to `end` unless it says its size itself.
 *
 * ```text
 *  0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+
 * |F| type  |X|S|-|
 * +-+-+-+-+-+-+-+-+
 * X: | TID |SID|-|-|-| (OPTIONAL)
 * +-+-+-+-+-+-+-+-+
 * S: | size, leb128  | (OPTIONAL)
 * +-+-+-+-+-+-+-+-+
 * ```
 *
 * Returns it with where it ends; undefined if it does not fit in.
 */
export function readObu(bytes: Uint8Array, at: number, end: number): [Obu, number] | undefined {
  const first = bytes[at]!;
  const length = (first & OBU_HAS_EXTENSION) === 0 ? 1 : 2;
  // The forbidden bit is 0 (AV1 specification section 6.2.1).
  if (at + length > end || (first & 0x80) !== 0) return undefined;
  const header = bytes.slice(at, at + length);
  header[0]! &= ~OBU_HAS_SIZE;
  let start = at + length;
  let stop = end;
  if ((first & OBU_HAS_SIZE) !== 0) {
    const size = readLeb128(bytes, start, end);
    if (size === undefined) return undefined;
    start = size.end;
    stop = start + size.value;
    if (stop > end) return undefined;
  }
  return [{ header, payload: bytes.subarray(start, stop) }, stop];
}

/** A leb128 number, and where it ends; undefined if it is cut off or too large (AV1 specification section 4.10.5). */
export function readLeb128(
  bytes: Uint8Array,
  at: number,
  end: number,
): { value: number; end: number } | undefined {
  let value = 0;
  for (let i = 0; i < MAX_LEB128_LENGTH && at + i < end; i++) {
    const byte = bytes[at + i]!;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if ((byte & 0x80) === 0) return value < 2 ** 32 ? { value, end: at + i + 1 } : undefined;
  }
  return undefined;
}

/** How many bytes a number takes as leb128. */
export function leb128Length(value: number): number {
  let length = 1;
  for (; value >= 0x80; value = Math.floor(value / 0x80)) length++;
  return length;
}

/** The bytes of a number as leb128. */
export function leb128(value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(leb128Length(value));
  for (let i = 0; i < bytes.length; i++, value = Math.floor(value / 0x80)) {
    bytes[i] = value % 0x80 | (i < bytes.length - 1 ? 0x80 : 0);
  }
  return bytes;
}

/** Whether OBUs of this type are neither sent nor passed on (AV1 RTP specification section 5). */
export function isIgnored(type: number): boolean {
  return type === ObuType.TEMPORAL_DELIMITER || type === ObuType.TILE_LIST;
}

/** Whether a frame header begins a key frame that is shown anew (AV1 specification section 5.9.2); `payload` is that of its OBU. */
export function isKeyFrameHeader(payload: Uint8Array): boolean {
  const first = payload[0] ?? 0xff;
  // show_existing_frame is 0, and frame_type is KEY_FRAME.
  return first >> 5 === 0;
}
