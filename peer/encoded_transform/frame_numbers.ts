import type { ChunkMetadata, EncodedChunk } from "../../media/encoded_chunk.ts";

/**
 * What a sender's pictures say of one another (W3C WebRTC Encoded Transform section 4.2): numbers in the order in which they were encoded,
 * and which of them each needs. Where the source doesn't tell, that is the latest one of its own layer and of each one below.
 */
export class FrameNumbers {
  #frameId = 0;
  /** The latest of each layer, by the encoding. */
  readonly #latest = new Map<string | undefined, Layered[]>();

  /** The numbers of the next picture. */
  next({ type, metadata = {} }: EncodedChunk): ChunkMetadata {
    const { rid, spatialIndex = 0, temporalIndex = 0, frameId: told, dependencies } = metadata;
    const layer = { spatialIndex, temporalIndex };
    if (told !== undefined && dependencies !== undefined) {
      return { ...layer, frameId: told, dependencies };
    }
    const frameId = this.#frameId++;
    const isFirst = type === "key" && spatialIndex === 0;
    const latest = isFirst ? [] : this.#latest.get(rid) ?? [];
    const needed = latest.filter((one) =>
      one.spatialIndex <= spatialIndex && one.temporalIndex <= temporalIndex
    );
    const others = latest.filter((one) =>
      one.spatialIndex !== spatialIndex || one.temporalIndex !== temporalIndex
    );
    this.#latest.set(rid, [...others, { ...layer, frameId }].slice(-MAX_LAYERS));
    return { ...layer, frameId, dependencies: needed.map((one) => one.frameId) };
  }
}

/** A picture with its layer. */
interface Layered {
  readonly spatialIndex: number;
  readonly temporalIndex: number;
  readonly frameId: number;
}

/** Layers of an encoding at most: as many as a dependency descriptor can tell apart (AV1 RTP specification section A.8). */
const MAX_LAYERS = 32;
