import { concat } from "../../core/wire/mod.ts";

/** Frames of a superframe at most: their number has three bits. */
const MAX_FRAMES = 8;

/**
 * The frames of a VP9 superframe, by the index at its end (VP9 bitstream specification annex B); what has none is one frame.
 *
 * ```text
 *      0 1 2 3 4 5 6 7
 *     +-+-+-+-+-+-+-+-+
 *     |1 1 0| SZ  |  N  |   SZ + 1: bytes of each size (two bits), N + 1: frames
 *     +-+-+-+-+-+-+-+-+
 *     |  size of a frame, little endian  | N + 1 times
 *     +-+-+-+-+-+-+-+-+
 *     |1 1 0| SZ  |  N  |
 *     +-+-+-+-+-+-+-+-+
 * ```
 */
export function splitSuperframe(data: Uint8Array): Uint8Array[] {
  const sizes = sizesOf(data);
  if (sizes === undefined) return [data];
  let at = 0;
  return sizes.map((size) => data.subarray(at, at += size));
}

/** One superframe of these frames, which may be superframes themselves. More than it can have of them, and what is but one, has no index. */
export function joinSuperframe(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const frames = parts.length > 1 ? parts.flatMap(splitSuperframe) : parts;
  if (frames.length < 2 || frames.length > MAX_FRAMES) return concat(frames);
  const largest = Math.max(...frames.map(({ length }) => length));
  const width = largest < 1 << 8 ? 1 : largest < 1 << 16 ? 2 : largest < 1 << 24 ? 3 : 4;
  const marker = 0xc0 | (width - 1) << 3 | frames.length - 1;
  const sizes = frames.flatMap(({ length }) =>
    Array.from({ length: width }, (_, i) => length >>> 8 * i & 0xff)
  );
  return concat([...frames, Uint8Array.of(marker, ...sizes, marker)]);
}

/** The sizes of an index; undefined if there is none, or it does not add up. */
function sizesOf(data: Uint8Array): number[] | undefined {
  const marker = data[data.length - 1] ?? 0;
  if (marker >> 5 !== 0b110) return undefined;
  const count = (marker & 7) + 1;
  const width = (marker >> 3 & 3) + 1;
  const start = data.length - 2 - count * width;
  if (start < 0 || data[start] !== marker) return undefined;
  const sizes = Array.from({ length: count }, (_, frame) => {
    let size = 0;
    for (let i = width - 1; i >= 0; i--) size = size * 256 + data[start + 1 + frame * width + i]!;
    return size;
  });
  const isWhole = sizes.every((size) => size > 0) &&
    sizes.reduce((sum, size) => sum + size) === start;
  return isWhole ? sizes : undefined;
}
