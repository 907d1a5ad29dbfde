import type { KeyManagement } from "./key_management.ts";
import { slotsOf } from "../chunk_frames.ts";

/** The [[transform]] of an SFrame stream (W3C WebRTC Encoded Transform section 3.1): takes frames and bytes, and ignores all else. */
export function sframeStream(
  keys: KeyManagement,
  role: "encrypt" | "decrypt",
): TransformStream<unknown, unknown> {
  const { context } = keys;
  return new TransformStream({
    async transform(frame, controller) {
      const slots = slotsOf(frame);
      const data = slots === undefined ? bytesOf(frame) : new Uint8Array(slots.data.slice());
      if (data === undefined) return;
      await keys.settled;
      const result = role === "encrypt" ? await context.encrypt(data) : await context.decrypt(data);
      if (!(result instanceof Uint8Array)) {
        if (result !== undefined) keys.failed(result, frame);
        return;
      }
      if (slots !== undefined) slots.data = result.buffer;
      controller.enqueue(slots === undefined ? result.buffer : frame);
    },
  });
}

/** A copy of the bytes of a BufferSource; undefined for anything else. */
function bytesOf(value: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value.slice());
  if (!ArrayBuffer.isView(value)) return undefined;
  return new Uint8Array(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
}
