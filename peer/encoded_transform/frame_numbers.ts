import type { ChunkMetadata, EncodedChunk } from "../../media/encoded_chunk.ts";
import { LatestFrames } from "../../rtp/mod.ts";

/**
 * What a sender's pictures say of one another (W3C WebRTC Encoded Transform section 4.2): numbers in the order in which they were encoded,
 * and which of them each needs. Where the source doesn't tell, that is what layers need by their diagrams.
 */
export class FrameNumbers {
  #frameId = 0;
  /** By the encoding. */
  readonly #latest = new Map<string | undefined, LatestFrames>();

  /** The numbers of the next picture. */
  next({ type, metadata = {} }: EncodedChunk): ChunkMetadata {
    const { rid, spatialIndex = 0, temporalIndex = 0, frameId: told, dependencies } = metadata;
    const layer = { spatialIndex, temporalIndex };
    if (told !== undefined && dependencies !== undefined) {
      return { ...layer, frameId: told, dependencies };
    }
    const frameId = this.#frameId++;
    const place = { spatialId: spatialIndex, temporalId: temporalIndex };
    const latest = this.#latestOf(rid);
    if (type === "key" && spatialIndex === 0) latest.clear();
    const { earlier, below } = latest.needsOf(place, { needsBaseOnly: metadata.layerSync });
    latest.set(place, frameId);
    const needed = below === undefined ? earlier : [...earlier, below];
    return { ...layer, frameId, dependencies: needed.toSorted((a, b) => a - b) };
  }

  #latestOf(rid: string | undefined): LatestFrames {
    const known = this.#latest.get(rid);
    if (known !== undefined) return known;
    const latest = new LatestFrames();
    this.#latest.set(rid, latest);
    return latest;
  }
}
