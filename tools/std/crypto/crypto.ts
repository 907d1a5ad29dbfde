import { createHash } from "node:crypto";

/** `crypto` with a synchronous digest that knows MD5. */
export const crypto: {
  subtle: { digestSync(algorithm: string, data: BufferSource): ArrayBuffer };
} = {
  subtle: {
    digestSync(algorithm, data) {
      const bytes = ArrayBuffer.isView(data)
        ? new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
        : new Uint8Array(data);
      const digest = createHash(algorithm.toLowerCase().replace("-", "")).update(bytes).digest();
      return digest.buffer.slice(
        digest.byteOffset,
        digest.byteOffset + digest.byteLength,
      ) as ArrayBuffer;
    },
  },
};
