import type { FramePlace } from "../../../payload/mod.ts";
import type { OutboundFrame } from "../../items.ts";
import type { LayerCounts } from "../../parameters.ts";
import { keyOf, LayerCensus, within } from "./layer_census.ts";
import { BASE_LAYER } from "./layered_structure.ts";

/** References of a VP9 frame at most, and how far back they may lie: 7 bits (RFC 9628 section 4.2). */
const MAX_REFERENCES = 3;
const MAX_DISTANCE = 127;

/** A frame with its place, which it takes once it is sent. */
export interface PlacedFrame {
  readonly frame: OutboundFrame;
  /** Undefined in a stream without layers. */
  readonly place: FramePlace | undefined;
  /** Of the stream from this frame on; undefined if it has no layers. */
  readonly layers: LayerCounts | undefined;
}

/**
 * Finds the places of one stream's frames, for payload formats that tell them (RFC 7741 section 4.2, RFC 9628 section 4.2). Whether there are
 * layers is settled at key frames; receivers could not make sense of them in between.
 */
export class FramePlacement {
  readonly #census = new LayerCensus();
  #layers: LayerCounts | undefined;
  /** Counts pictures. */
  #picture = 0;
  #spatialId = 0;
  #timestamp: number | undefined;
  /** The latest picture of each layer since the key frame. */
  readonly #latest = new Map<number, number>();
  /** In which picture a frame is that its source has given a number. */
  readonly #numbered = new Map<number, number>();

  /**
   * The place of a frame. `announced` is how many layers there are going to be, if that is known; `keepsToMode` says that temporal layers
   * depend on one another as the scalability mode says that announces them, unless a frame tells otherwise itself.
   */
  find(frame: OutboundFrame, announced?: LayerCounts, keepsToMode: boolean = false): PlacedFrame {
    const { keyFrame, timestamp, dependencies = BASE_LAYER } = frame;
    this.#census.see(dependencies);
    const isFirst = keyFrame && dependencies.spatialId === 0;
    const layers = isFirst ? severalOf(this.#census.expected(announced)) : this.#layers;
    if (layers === undefined) return { frame, place: undefined, layers };
    const layer = isFirst ? BASE_LAYER : within(dependencies, layers);
    const { spatialId, temporalId } = layer;
    const beginsPicture = timestamp !== this.#timestamp || spatialId <= this.#spatialId;
    const picture = beginsPicture ? this.#picture + 1 : this.#picture;
    const needed = isFirst ? [] : this.#needs(frame, layer, picture, keepsToMode);
    const interLayer = needed.includes(picture);
    const distances = needed.map((one) => picture - one)
      .filter((distance) => distance >= 1 && distance <= MAX_DISTANCE);
    const references = [...new Set(distances)].sort((a, b) => a - b).slice(0, MAX_REFERENCES);
    // Without any, it would pass for a key frame.
    if (references.length === 0 && !isFirst && !interLayer) references.push(1);
    const base = this.#latest.get(keyOf({ spatialId, temporalId: 0 }));
    const place: FramePlace = {
      ...{ spatialId, temporalId, references, interLayer, beginsPicture },
      needsBaseOnly: references.length === 1 && base === picture - references[0]!,
      switchingUp: isFirst || keepsToMode,
      endsPicture: spatialId === layers.spatial - 1,
    };
    return { frame, place, layers };
  }

  /** The frame with this place is being sent. */
  sent({ frame, place, layers }: PlacedFrame): void {
    this.#layers = layers;
    if (place === undefined) return;
    const { keyFrame, dependencies, timestamp } = frame;
    if (keyFrame && place.spatialId === 0) {
      this.#latest.clear();
      this.#numbered.clear();
    }
    if (place.beginsPicture) this.#picture++;
    this.#spatialId = place.spatialId;
    this.#timestamp = timestamp;
    this.#latest.set(keyOf(place), this.#picture);
    if (dependencies?.frameId !== undefined) this.#number(dependencies.frameId);
  }

  /** The pictures that a frame refers to, its own one if it is to a layer below. */
  #needs(
    { dependencies: told }: OutboundFrame,
    layer: Pick<FramePlace, "spatialId" | "temporalId">,
    picture: number,
    keepsToMode: boolean,
  ): number[] {
    if (told?.frameId !== undefined && told.dependencies !== undefined) {
      return told.dependencies.flatMap((number) => this.#numbered.get(number) ?? []);
    }
    const { spatialId, temporalId } = layer;
    const below = Array.from({ length: temporalId + 1 }, (_, id) => id)
      .flatMap((id) => this.#latest.get(keyOf({ spatialId, temporalId: id })) ?? []);
    const isUpper = spatialId > 0 && picture === this.#picture;
    return [...isUpper ? [picture] : [], ...keepsToMode ? latestBelow(below, temporalId) : below];
  }

  #number(frameId: number): void {
    this.#numbered.delete(frameId);
    this.#numbered.set(frameId, this.#picture);
    for (const [oldest, picture] of this.#numbered) {
      if (this.#picture - picture <= MAX_DISTANCE) break;
      this.#numbered.delete(oldest);
    }
  }
}

function severalOf(layers: LayerCounts): LayerCounts | undefined {
  return layers.spatial * layers.temporal > 1 ? layers : undefined;
}

/** W3C WebRTC SVC section 6: above the lowest layer, a picture refers to the latest one of a lower layer, and to none of its own. */
function latestBelow(latest: readonly number[], temporalId: number): number[] {
  const lower = temporalId === 0 ? latest : latest.slice(0, temporalId);
  return lower.length === 0 ? [] : [Math.max(...lower)];
}
