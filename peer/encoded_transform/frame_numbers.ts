import type { ChunkMetadata, EncodedChunk } from "../../media/encoded_chunk.ts";

/**
 * What a sender's pictures say of one another (W3C WebRTC Encoded Transform section 4.2): numbers in the order in which they were encoded,
 * and which of them each needs. Where the source doesn't tell, that is the one before it in its layer, as it is without layers of time.
 */
export class FrameNumbers {
  #frameId = 0;
  /** The last of each layer. */
  readonly #last = new Map<string | undefined, number>();

  /** The numbers of the next picture. */
  next({ type, metadata = {} }: EncodedChunk): ChunkMetadata {
    const { rid, spatialIndex = 0, temporalIndex = 0 } = metadata;
    const frameId = this.#frameId++;
    const last = this.#last.get(rid);
    this.#last.set(rid, frameId);
    const dependencies = type === "key" || last === undefined ? [] : [last];
    return { frameId, dependencies, spatialIndex, temporalIndex };
  }
}
