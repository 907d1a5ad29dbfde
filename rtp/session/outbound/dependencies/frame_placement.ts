import type { FramePlace } from "../../../payload/mod.ts";
import type { FrameLayer, OutboundFrame } from "../../items.ts";
import type { LayerCounts } from "../../parameters.ts";
import { LatestFrames } from "./latest_frames.ts";
import { LayerCensus, within } from "./layer_census.ts";
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
  /** Whether the source gives each spatial layer by itself. */
  readonly comesByLayers: boolean;
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
  /** Whether the source has ever given a spatial layer by itself, and whether that is reckoned with since the last key frame. */
  #hasGivenLayers = false;
  #comesByLayers = false;
  #timestamp: number | undefined;
  /** The pictures of the latest frames. */
  readonly #latest = new LatestFrames();
  /** In which picture a frame is that its source has given a number. */
  readonly #numbered = new Map<number, number>();

  /**
   * The place of a frame. `announced` is how many layers there are going to be, and `endsPicture` whether it is the highest of its picture,
   * if that is known.
   */
  find(frame: OutboundFrame, announced?: LayerCounts, endsPicture?: boolean): PlacedFrame {
    const { dependencies = BASE_LAYER } = frame;
    this.#census.see(dependencies);
    const isPart = endsPicture !== undefined;
    if (!isPart && dependencies.spatialId > 0) this.#hasGivenLayers = true;
    const settled = this.#settled(frame, announced);
    const { layers, comesByLayers } = settled;
    if (layers === undefined) return { frame, place: undefined, ...settled };
    const known = isPart || comesByLayers ? layers : { ...layers, spatial: 1 };
    const layer = beginsStream(frame) ? BASE_LAYER : within(dependencies, known);
    const beginsPicture = frame.timestamp !== this.#timestamp || layer.spatialId <= this.#spatialId;
    const place: FramePlace = {
      ...layer,
      beginsPicture,
      endsPicture: endsPicture ?? (!comesByLayers || layer.spatialId === layers.spatial - 1),
      ...this.#references(frame, layer, this.#picture + (beginsPicture ? 1 : 0), layers),
      switchingUp: beginsStream(frame) || !tellsNeeds(frame),
    };
    return { frame, place, ...settled };
  }

  /** The frame with this place is being sent. */
  sent({ frame, place, layers, comesByLayers }: PlacedFrame): void {
    this.#layers = layers;
    this.#comesByLayers = comesByLayers;
    if (place === undefined) return;
    const { dependencies, timestamp } = frame;
    if (beginsStream(frame)) {
      this.#latest.clear();
      this.#numbered.clear();
    }
    if (place.beginsPicture) this.#picture++;
    this.#spatialId = place.spatialId;
    this.#timestamp = timestamp;
    this.#latest.set(place, this.#picture);
    if (dependencies?.frameId !== undefined) this.#number(dependencies.frameId);
  }

  /** What holds from the next key frame on, once it is there, and holds until then. */
  #settled(
    frame: OutboundFrame,
    announced: LayerCounts | undefined,
  ): Pick<PlacedFrame, "layers" | "comesByLayers"> {
    if (!beginsStream(frame)) return { layers: this.#layers, comesByLayers: this.#comesByLayers };
    const layers = severalOf(this.#census.expected(announced));
    return { layers, comesByLayers: layers !== undefined && this.#hasGivenLayers };
  }

  /** What a frame in this picture refers to. */
  #references(
    frame: OutboundFrame,
    layer: FrameLayer,
    picture: number,
    layers: LayerCounts,
  ): Pick<FramePlace, "references" | "interLayer" | "needsBaseOnly"> {
    const { spatialId } = layer;
    const needed = beginsStream(frame) ? [] : this.#needs(frame, layer, picture, layers);
    const interLayer = needed.includes(picture);
    const references = distancesTo(needed, picture);
    // Without any, a frame that needs some would pass for a key frame.
    const isNew = beginsStream(frame) || spatialId > 0 && this.#latest.isNew(spatialId);
    if (references.length === 0 && !isNew && !interLayer) references.push(1);
    const base = this.#latest.of({ spatialId, temporalId: 0 });
    const needsBaseOnly = references.length === 1 && base === picture - references[0]!;
    return { references, interLayer, needsBaseOnly };
  }

  /** The pictures that a frame refers to, its own one if it is to a layer below. */
  #needs(
    { dependencies: told }: OutboundFrame,
    layer: FrameLayer,
    picture: number,
    { interLayer }: LayerCounts,
  ): number[] {
    if (told?.frameId !== undefined && told.dependencies !== undefined) {
      return told.dependencies.flatMap((number) => this.#numbered.get(number) ?? []);
    }
    const known = { needsBaseOnly: told?.needsBaseOnly, interLayer };
    const { earlier, below } = this.#latest.needsOf(layer, known);
    return below === picture ? [...earlier, below] : [...earlier];
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

/** Whether nothing that went before counts: a key frame of the lowest layer. */
function beginsStream({ keyFrame, dependencies }: OutboundFrame): boolean {
  return keyFrame && (dependencies?.spatialId ?? 0) === 0;
}

/** How far back others lie that a picture refers to: the nearest of them, as far as that can be said. */
function distancesTo(needed: readonly number[], picture: number): number[] {
  const distances = needed.map((one) => picture - one)
    .filter((distance) => distance >= 1 && distance <= MAX_DISTANCE);
  return [...new Set(distances)].sort((a, b) => a - b).slice(0, MAX_REFERENCES);
}

function severalOf(layers: LayerCounts): LayerCounts | undefined {
  return layers.spatial * layers.temporal > 1 ? layers : undefined;
}

/** Whether it does not follow the diagrams of W3C WebRTC SVC section 6 without a word: nobody knows of those to come then. */
function tellsNeeds({ dependencies: told }: OutboundFrame): boolean {
  return told?.dependencies !== undefined || told?.needsBaseOnly !== undefined;
}
