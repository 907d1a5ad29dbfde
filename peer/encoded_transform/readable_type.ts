import { describeKeyFrame } from "../../media/codecs/key_frame.ts";
import type { EncodedChunk } from "../../media/encoded_chunk.ts";

/** What tells key frames of these codecs in a packet is the first byte of the frame (RFC 7741 section 4.3), which may be encrypted. */
const TOLD_BY_FRAME = /^video\/vp8$/i;

/**
 * A picture as a receiver's transform has given it back. Packets tell what it was like while it may have been encrypted; who takes the
 * track looks for key frames that can be decoded.
 */
export function withReadableType(chunk: EncodedChunk): EncodedChunk {
  const { width: _, height: __, ...metadata } = chunk.metadata ?? {};
  const { mimeType = "" } = metadata;
  const key = describeKeyFrame(mimeType, chunk.data);
  if (key !== undefined) {
    const { width, height } = key;
    return { ...chunk, type: "key", metadata: { ...metadata, width, height } };
  }
  return TOLD_BY_FRAME.test(mimeType) ? { ...chunk, type: "delta", metadata } : chunk;
}
