import type { FrameLayer } from "../../items.ts";
import type { LayerCounts } from "../../parameters.ts";

/** Layers that are told apart at most, one more of each kind than any mode has (W3C WebRTC SVC section 6): a structure of more would not go into an extension. */
export const LAYERS_AT_MOST: LayerCounts = Object.freeze({ spatial: 4, temporal: 4 });

/** What has been seen of layers so far: that they are there has to be told with a key frame, before they are. */
export class LayerCensus {
  #seen: LayerCounts = { spatial: 1, temporal: 1 };

  /** Takes note of a frame. */
  see({ spatialId, temporalId }: FrameLayer): void {
    const { spatial, temporal } = this.#seen;
    if (spatialId < spatial && temporalId < temporal) return;
    this.#seen = bounded({
      spatial: Math.max(spatial, spatialId + 1),
      temporal: Math.max(temporal, temporalId + 1),
    });
  }

  /** How many layers there are from a key frame on: those that were announced, or else those that have been seen. */
  expected(announced: LayerCounts | undefined): LayerCounts {
    return bounded(announced ?? this.#seen);
  }
}

/** A layer beyond those that are known counts as the highest of these. */
export function within({ spatialId, temporalId }: FrameLayer, layers: LayerCounts): FrameLayer {
  return {
    spatialId: Math.min(spatialId, layers.spatial - 1),
    temporalId: Math.min(temporalId, layers.temporal - 1),
  };
}

/** Tells layers apart. */
export function keyOf({ spatialId, temporalId }: FrameLayer): number {
  return spatialId * LAYERS_AT_MOST.temporal + temporalId;
}

function bounded({ spatial, temporal, ...others }: LayerCounts): LayerCounts {
  return {
    ...others,
    spatial: Math.min(Math.max(spatial, 1), LAYERS_AT_MOST.spatial),
    temporal: Math.min(Math.max(temporal, 1), LAYERS_AT_MOST.temporal),
  };
}
