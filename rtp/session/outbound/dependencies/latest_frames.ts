import type { FrameLayer } from "../../items.ts";
import type { LayerCounts } from "../../parameters.ts";
import { keyOf, LAYERS_AT_MOST, within } from "./layer_census.ts";

/** What is known of the needs of a frame, or of its stream. */
export interface KnownNeeds {
  /** Whether the lowest temporal layer is all that it needs, as packets of VP8 tell (RFC 7741 section 4.2): otherwise it may need its own. */
  readonly needsBaseOnly?: boolean | undefined;
  /** Whether it refers to the spatial layer below; it does by default. */
  readonly interLayer?: LayerCounts["interLayer"];
}

/** What a frame needs, by numbers. */
export interface AssumedNeeds {
  /** Of its own spatial layer. */
  readonly earlier: readonly number[];
  /** The latest of the spatial layer below, if there is one. */
  readonly below: number | undefined;
}

/**
 * The latest frame of each layer since the key frame, by its number, and which of them one needs whose source says nothing of that. A frame
 * that is said to need more than it does is lost along with what it does not need, and so are those that follow.
 */
export class LatestFrames {
  readonly #numbers = new Map<number, number>();

  /** Forgets all: a key frame comes. */
  clear(): void {
    this.#numbers.clear();
  }

  /** A frame of a layer has this number. */
  set(layer: FrameLayer, number: number): void {
    this.#numbers.set(keyOf(within(layer, LAYERS_AT_MOST)), number);
  }

  /** The latest of a layer. */
  of(layer: FrameLayer): number | undefined {
    return this.#numbers.get(keyOf(within(layer, LAYERS_AT_MOST)));
  }

  /** Whether there has been no frame of this spatial layer since the key frame. */
  isNew(spatialId: number): boolean {
    const { temporal } = LAYERS_AT_MOST;
    return Array.from({ length: temporal }, (_, temporalId) => temporalId)
      .every((temporalId) => this.of({ spatialId, temporalId }) === undefined);
  }

  /**
   * W3C WebRTC SVC section 6: above the lowest temporal layer, a frame refers to the latest one of a lower layer, and to none of its own.
   */
  needsOf(
    layer: FrameLayer,
    { needsBaseOnly, interLayer = "full" }: KnownNeeds = {},
  ): AssumedNeeds {
    const { spatialId, temporalId } = within(layer, LAYERS_AT_MOST);
    const upTo = (highest: number, spatial: number) =>
      Array.from({ length: highest + 1 }, (_, id) => id)
        .flatMap((id) => this.of({ spatialId: spatial, temporalId: id }) ?? []);
    const lower = Array.from({ length: spatialId }, (_, id) => upTo(temporalId, id));
    const refersBelow = interLayer === "full" || interLayer === "key" && this.isNew(spatialId);
    const below = refersBelow
      ? latestOf(lower.findLast((layer) => layer.length > 0) ?? [])[0]
      : undefined;
    const isLowest = temporalId === 0 || needsBaseOnly === true;
    const earlier = isLowest
      ? upTo(0, spatialId)
      : needsBaseOnly === false
      ? upTo(temporalId, spatialId)
      : latestOf(upTo(temporalId - 1, spatialId));
    return { earlier, below };
  }
}

function latestOf(numbers: readonly number[]): number[] {
  return numbers.length === 0 ? [] : [Math.max(...numbers)];
}
