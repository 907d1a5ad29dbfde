import type { KeyFrame } from "./key_frame.ts";

/**
 * RFC 6386 section 9.1: three bytes of frame tag, whose lowest bit is 0 for a key frame; then its start code, width and height, of which
 * the two highest bits say how to scale.
 */
export function describeVp8(data: Uint8Array): KeyFrame | undefined {
  if (data.length < 10 || (data[0]! & 1) !== 0) return undefined;
  if (data[3] !== 0x9d || data[4] !== 0x01 || data[5] !== 0x2a) return undefined;
  const width = (data[6]! | data[7]! << 8) & 0x3fff;
  const height = (data[8]! | data[9]! << 8) & 0x3fff;
  return { width, height, codec: "vp8" };
}
