import { timingSafeEqual as nodeTimingSafeEqual } from "node:crypto";

/** Compares in constant time; false for different lengths. */
export function timingSafeEqual(
  a: ArrayBufferView | ArrayBufferLike | DataView,
  b: ArrayBufferView | ArrayBufferLike | DataView,
): boolean {
  const [x, y] = [view(a), view(b)];
  return x.length === y.length && nodeTimingSafeEqual(x, y);
}

function view(data: ArrayBufferView | ArrayBufferLike): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
