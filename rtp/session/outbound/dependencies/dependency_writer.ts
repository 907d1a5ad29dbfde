import {
  type DecodeTargetIndication,
  DEPENDENCY_DESCRIPTOR_URI,
  type DependencyDescriptor,
  type DependencyStructure,
  templateOf,
  writeDependencyDescriptor,
} from "../../../extensions/mod.ts";
import { type ExtensionElement, MAX_TWO_BYTE_LENGTH } from "../../../header_extension.ts";
import type { FrameLayer, OutboundFrame } from "../../items.ts";
import type { ExtensionIds, LayerCounts } from "../../parameters.ts";
import type { FrameCounter } from "./frame_counter.ts";
import { type KnownNeeds, LatestFrames } from "./latest_frames.ts";
import { LayerCensus, within } from "./layer_census.ts";
import {
  BASE_LAYER,
  isIndependent,
  layeredStructure,
  nextTemplateIdOffset,
  rolesOf,
  templateIdFor,
} from "./layered_structure.ts";

/** The largest distances that there is room for (AV1 RTP specification section A.8.2). */
const MAX_FRAME_DIFF = 1 << 12;
const MAX_CHAIN_DIFF = (1 << 8) - 1;

/** Frames that a frame refers to at most: AV1 has eight buffers, and a superframe may refer to those of all its layers. */
const MAX_DEPENDENCIES = 16;

/** A number that is further ahead than this is not of the same row: its source has changed. */
const MAX_LEAP = 1 << 12;

/** Frames that are remembered by the numbers of their source: of AV1, eight are kept to refer to. */
const MAX_NUMBERED = 64;

type Dependencies = NonNullable<OutboundFrame["dependencies"]>;

/** What a frame says of its place among the others. */
export interface FrameDescription {
  readonly number: number;
  readonly layer: FrameLayer;
  readonly isFirst: boolean;
  readonly structure: DependencyStructure;
  readonly layers: LayerCounts;
  /** Whether higher spatial layers need it. */
  readonly isShared: boolean;
  /** What to add to the numbers of its source. */
  readonly offset: number | undefined;
  /** Its source's own number. */
  readonly frameId: number | undefined;
  /** The descriptor of the first packet, and of the others, as if the frame neither began nor ended with it. */
  readonly first: Uint8Array;
  readonly rest: Uint8Array;
}

/**
 * Describes the frames of one stream (AV1 RTP specification appendix A): a structure of the layers goes with each key frame, and each frame
 * tells its number and what it needs.
 */
export class DependencyWriter {
  readonly #counter: FrameCounter;
  #structure: DependencyStructure | undefined;
  #layers: LayerCounts | undefined;
  readonly #census = new LayerCensus();
  readonly #latest = new LatestFrames();
  /** The latest frame of each chain: of the lowest temporal layer, and of a spatial layer or one below that it needs. */
  #chains: number[] = [];
  /** What to add to the numbers of the source. */
  #offset: number | undefined;
  /** Which numbers those of the source have become: the layers of a picture may have been numbered as one. */
  readonly #numbered = new Map<number, number>();

  /** `counter` numbers all frames of the stream. */
  constructor(counter: FrameCounter) {
    this.#counter = counter;
  }

  /**
   * What a frame says; undefined before the first key frame, and from one on that would take more than `maxSize` bytes until the next key
   * frame. `announced` is how many layers there are going to be, if that is known.
   */
  describe(
    frame: OutboundFrame,
    announced?: LayerCounts,
    maxSize: number = MAX_TWO_BYTE_LENGTH,
  ): FrameDescription | undefined {
    const { keyFrame } = frame;
    const dependencies: Dependencies = frame.dependencies ?? BASE_LAYER;
    this.#census.see(dependencies);
    const isFirst = keyFrame && dependencies.spatialId === 0;
    const layers = isFirst ? this.#census.expected(announced) : this.#layers;
    const structure = isFirst ? this.#renewed(layers!) : this.#structure;
    if (structure === undefined || layers === undefined) return undefined;
    const layer = isFirst ? BASE_LAYER : within(dependencies, layers);
    const isShared = this.#isShared(layer, layers, isFirst);
    const [number, offset] = this.#numberOf(dependencies.frameId);
    const descriptor = {
      ...{ startOfFrame: false, endOfFrame: false, frameNumber: number & 0xffff },
      templateId: templateIdFor(structure, layer, isFirst),
    };
    const rest = differing(
      descriptor,
      isFirst ? [] : this.#frameDiffs(dependencies, layer, number, layers),
      isFirst ? structure.templates[0]!.chainDiffs : this.#chainDiffs(structure, number),
      isShared && !isFirst && isIndependent(layers) ? rolesOf(layer, layers, false) : undefined,
      structure,
    );
    const first = writeDependencyDescriptor(isFirst ? { ...rest, structure } : rest, structure);
    if (first.length > maxSize) {
      this.#structure = undefined;
      return undefined;
    }
    return {
      ...{ number, layer, isFirst, structure, layers, isShared, offset, first },
      frameId: dependencies.frameId,
      rest: writeDependencyDescriptor(rest, structure),
    };
  }

  /** The frame with this description is being sent. */
  sent(
    { number, layer, isFirst, structure, layers, isShared, offset, frameId }: FrameDescription,
  ): void {
    if (isFirst) {
      this.#latest.clear();
      this.#numbered.clear();
      this.#chains = [];
    }
    if (frameId !== undefined) this.#remember(frameId, number);
    this.#structure = structure;
    this.#layers = layers;
    this.#offset = offset;
    this.#counter.reach(number);
    this.#latest.set(layer, number);
    if (layer.temporalId > 0) return;
    const end = isShared ? structure.chainCount : layer.spatialId + 1;
    for (let chain = layer.spatialId; chain < end; chain++) this.#chains[chain] = number;
  }

  #remember(frameId: number, number: number): void {
    this.#numbered.delete(frameId);
    this.#numbered.set(frameId, number);
    if (this.#numbered.size > MAX_NUMBERED) {
      this.#numbered.delete(this.#numbered.keys().next().value!);
    }
  }

  /** Modes of keys need the layer below in a key frame's picture, and in no other. */
  #isShared({ spatialId }: FrameLayer, { interLayer = "full" }: LayerCounts, isFirst: boolean) {
    return interLayer === "full" ||
      interLayer === "key" && (isFirst || this.#latest.isNew(spatialId));
  }

  #renewed(layers: LayerCounts): DependencyStructure {
    const before = this.#structure;
    return layeredStructure(layers, before === undefined ? 0 : nextTemplateIdOffset(before));
  }

  /** A source's numbers are kept, with their gaps, for as long as they go on. */
  #numberOf(frameId: number | undefined): [number: number, offset: number | undefined] {
    const { next } = this.#counter;
    if (frameId === undefined) return [next, this.#offset];
    const number = frameId + (this.#offset ?? NaN);
    return number >= next && number < next + MAX_LEAP
      ? [number, this.#offset]
      : [next, next - frameId];
  }

  #frameDiffs(
    { frameId, dependencies, needsBaseOnly }: Dependencies,
    layer: FrameLayer,
    number: number,
    { interLayer }: LayerCounts,
  ): number[] {
    const known = { needsBaseOnly, interLayer };
    const diffs = frameId !== undefined && dependencies !== undefined
      ? dependencies.map((one) => number - (this.#numbered.get(one) ?? number - frameId + one))
      : this.#assumed(layer, known).map((one) => number - one);
    return [...new Set(diffs)].filter((diff) => diff >= 1 && diff <= MAX_FRAME_DIFF)
      .sort((a, b) => a - b).slice(0, MAX_DEPENDENCIES);
  }

  #assumed(layer: FrameLayer, known: KnownNeeds): number[] {
    const { earlier, below } = this.#latest.needsOf(layer, known);
    return below === undefined ? [...earlier] : [...earlier, below];
  }

  #chainDiffs({ chainCount }: DependencyStructure, number: number): number[] {
    return Array.from({ length: chainCount }, (_, chain) => {
      const diff = number - (this.#chains[chain] ?? number);
      return diff > MAX_CHAIN_DIFF ? 0 : diff;
    });
  }
}

/** The header extension of one of a frame's packets. */
export function dependencyElements(
  description: FrameDescription | undefined,
  ids: ExtensionIds,
  { isFirst, isLast }: { readonly isFirst: boolean; readonly isLast: boolean },
): ExtensionElement[] {
  const id = ids.get(DEPENDENCY_DESCRIPTOR_URI);
  if (description === undefined || id === undefined) return [];
  const data = (isFirst ? description.first : description.rest).slice();
  data[0]! |= (isFirst ? 0x80 : 0) | (isLast ? 0x40 : 0);
  return [{ id, data }];
}

/** A descriptor with what its template doesn't say. */
function differing(
  descriptor: DependencyDescriptor,
  frameDiffs: readonly number[],
  chainDiffs: readonly number[],
  decodeTargetIndications: readonly DecodeTargetIndication[] | undefined,
  structure: DependencyStructure,
): DependencyDescriptor {
  const template = templateOf(descriptor, structure)!;
  return {
    ...descriptor,
    ...(!isSame(frameDiffs, template.frameDiffs) && { frameDiffs }),
    ...(!isSame(chainDiffs, template.chainDiffs) && { chainDiffs }),
    ...(decodeTargetIndications && { decodeTargetIndications }),
  };
}

function isSame(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((value, i) => value === other[i]);
}
