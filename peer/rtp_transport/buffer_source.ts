import type { Converter } from "../../webidl/convert.ts";

/** WebIDL `AllowSharedBufferSource`: a view of the bytes. */
export const bufferSource: Converter<Uint8Array> = (value, context) => {
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
    return new Uint8Array(value);
  }
  throw new TypeError(`${context}: not an ArrayBuffer, nor a view of one`);
};

/** Copies bytes to where a caller wants them. Throws a TypeError if there is too little room. */
export function copyTo(bytes: Uint8Array, destination: unknown, context: string): void {
  const target = bufferSource(destination, context);
  if (target.length < bytes.length) {
    throw new TypeError(`${context}: ${target.length} bytes can't take ${bytes.length}`);
  }
  target.set(bytes);
}
