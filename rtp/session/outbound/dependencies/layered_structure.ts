import type {
  DecodeTargetIndication,
  DependencyStructure,
  FrameDependencyTemplate,
} from "../../../extensions/mod.ts";
import type { FrameLayer } from "../../items.ts";
import type { LayerCounts } from "../../parameters.ts";

/** Identifiers of templates have six bits. */
const TEMPLATE_IDS = 64;

/** The layer that every other one needs. */
export const BASE_LAYER: FrameLayer = Object.freeze({ spatialId: 0, temporalId: 0 });

/**
 * A structure for frames of which no more is known than their layers (AV1 RTP specification section A.8): a decode target for each layer, a
 * chain for each spatial one, a template for the first frame, and one for each layer, from which frames differ as they have to.
 */
export function layeredStructure(
  layers: LayerCounts,
  templateIdOffset: number,
): DependencyStructure {
  const { spatial } = layers;
  const targets = targetsOf(layers);
  const isAlone = isIndependent(layers);
  const template = (layer: FrameLayer, isFirst: boolean): FrameDependencyTemplate => ({
    ...layer,
    decodeTargetIndications: isFirst
      ? targets.map(() => "switch")
      : rolesOf(layer, layers, isAlone),
    frameDiffs: isFirst ? [] : [1],
    chainDiffs: Array.from({ length: spatial }, () => isFirst ? 0 : 1),
  });
  return {
    templateIdOffset,
    decodeTargetCount: targets.length,
    chainCount: spatial,
    protectedBy: targets.map(({ spatialId }) => spatialId),
    templates: [template(BASE_LAYER, true), ...targets.map((layer) => template(layer, false))],
  };
}

/** Whether frames need none of the spatial layer below, but for those of a key frame's picture perhaps. */
export function isIndependent({ interLayer = "full" }: LayerCounts): boolean {
  return interLayer !== "full";
}

/** What a frame is to each decode target; `isAlone` says that no other spatial layer needs it. */
export function rolesOf(
  layer: FrameLayer,
  layers: LayerCounts,
  isAlone: boolean,
): DecodeTargetIndication[] {
  return targetsOf(layers).map((target) =>
    isAlone && target.spatialId !== layer.spatialId ? "not present" : role(layer, target)
  );
}

function targetsOf({ spatial, temporal }: LayerCounts): FrameLayer[] {
  return Array.from({ length: spatial * temporal }, (_, i): FrameLayer => ({
    spatialId: Math.floor(i / temporal),
    temporalId: i % temporal,
  }));
}

/** The identifier of the template for a frame, the first of its sequence or one of a layer that the structure has. */
export function templateIdFor(
  { templateIdOffset, templates }: DependencyStructure,
  { spatialId, temporalId }: FrameLayer,
  isFirst: boolean,
): number {
  const index = isFirst
    ? 0
    : templates.findLastIndex((one) =>
      one.spatialId === spatialId && one.temporalId === temporalId
    );
  return (templateIdOffset + index) % TEMPLATE_IDS;
}

/** What no template of a structure has, for that which comes behind it: late packets are not to be taken for its own. */
export function nextTemplateIdOffset({ templateIdOffset, templates }: DependencyStructure): number {
  return (templateIdOffset + templates.length) % TEMPLATE_IDS;
}

/**
 * What a frame is to a decode target. With those of its own layer and below, all that follows in its target can be decoded; whether more is
 * so, nobody says.
 */
function role(frame: FrameLayer, target: FrameLayer): DecodeTargetIndication {
  const { spatialId, temporalId } = frame;
  if (spatialId > target.spatialId || temporalId > target.temporalId) return "not present";
  const isOwn = spatialId === target.spatialId && temporalId === target.temporalId;
  return isOwn ? "switch" : "required";
}
