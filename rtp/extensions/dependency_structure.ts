import type { BitReader, BitWriter } from "./bits.ts";

/** The most templates that a structure can have: their identifiers have six bits. */
const MAX_TEMPLATES = 64;

/** The most frames that a template or frame may refer to: an encoder keeps eight buffers, and a peer is not to make us keep more. */
export const MAX_FRAME_DIFFS = 16;

/** What a frame is to a decode target (AV1 RTP specification table A.1). */
export type DecodeTargetIndication = "not present" | "discardable" | "switch" | "required";

const INDICATIONS = ["not present", "discardable", "switch", "required"] as const;

/** What frames of one kind have in common. */
export interface FrameDependencyTemplate {
  /** Spatial layer. */
  readonly spatialId: number;
  /** Temporal layer. */
  readonly temporalId: number;
  /** For each decode target what the frame is to it. */
  readonly decodeTargetIndications: readonly DecodeTargetIndication[];
  /** How many frames back each frame lies that this one refers to. */
  readonly frameDiffs: readonly number[];
  /** For each chain how many frames back its previous frame lies; 0 if none is needed. */
  readonly chainDiffs: readonly number[];
}

/** The largest picture of a spatial layer, in pixels. */
export interface RenderResolution {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

/** How the frames of a coded video sequence depend on one another (AV1 RTP specification section A.8). */
export interface DependencyStructure {
  /** Identifier of the first template, 6 bits. */
  readonly templateIdOffset: number;
  /** How many decode targets there are, from 1 to 32. */
  readonly decodeTargetCount: number;
  /** How many chains there are, from 0 to `decodeTargetCount`. */
  readonly chainCount: number;
  /** For each decode target the chain that protects it; empty without chains. */
  readonly protectedBy: readonly number[];
  /** At least one, in the order of their layers. */
  readonly templates: readonly FrameDependencyTemplate[];
  /** For each spatial layer, if known. */
  readonly resolutions?: readonly RenderResolution[];
}

type Layers = { spatialId: number; temporalId: number };

/** template_dependency_structure() of the AV1 RTP specification section A.8.2. */
export function readStructure(reader: BitReader): DependencyStructure | undefined {
  const templateIdOffset = reader.bits(6);
  const decodeTargetCount = reader.bits(5) + 1;
  const layers = readLayers(reader);
  const indications = layers.map(() => readIndications(reader, decodeTargetCount));
  const frameDiffs = layers.map(() => readTemplateDiffs(reader));
  const chainCount = reader.nonSymmetric(decodeTargetCount + 1);
  const protectedBy: number[] = [];
  if (chainCount > 0) {
    for (let i = 0; i < decodeTargetCount; i++) protectedBy.push(reader.nonSymmetric(chainCount));
  }
  const templates = layers.map((layer, i): FrameDependencyTemplate => ({
    ...layer,
    decodeTargetIndications: indications[i]!,
    frameDiffs: frameDiffs[i]!,
    chainDiffs: Array.from({ length: chainCount }, () => reader.bits(4)),
  }));
  const resolutions = reader.flag() ? readResolutions(reader, layers) : undefined;
  if (!reader.ok) return undefined;
  const structure = { templateIdOffset, decodeTargetCount, chainCount, protectedBy, templates };
  return resolutions === undefined ? structure : { ...structure, resolutions };
}

/** Writes template_dependency_structure(). */
export function writeStructure(writer: BitWriter, structure: DependencyStructure): void {
  const { templates, decodeTargetCount, chainCount, resolutions } = structure;
  writer.bits(6, structure.templateIdOffset);
  writer.bits(5, decodeTargetCount - 1);
  templates.forEach((template, i) => writer.bits(2, nextLayer(template, templates[i + 1])));
  for (const { decodeTargetIndications } of templates) {
    writeIndications(writer, decodeTargetIndications);
  }
  for (const { frameDiffs } of templates) {
    for (const diff of frameDiffs) {
      writer.flag(true);
      writer.bits(4, diff - 1);
    }
    writer.flag(false);
  }
  writer.nonSymmetric(decodeTargetCount + 1, chainCount);
  for (const chain of structure.protectedBy) writer.nonSymmetric(chainCount, chain);
  for (const { chainDiffs } of templates) {
    for (const diff of chainDiffs) writer.bits(4, diff);
  }
  writer.flag(resolutions !== undefined);
  for (const { width, height } of resolutions ?? []) {
    writer.bits(16, width - 1);
    writer.bits(16, height - 1);
  }
}

/** One decode target indication for each decode target. */
export function readIndications(reader: BitReader, count: number): DecodeTargetIndication[] {
  return Array.from({ length: count }, () => INDICATIONS[reader.bits(2)]!);
}

/** Writes decode target indications. */
export function writeIndications(
  writer: BitWriter,
  indications: readonly DecodeTargetIndication[],
): void {
  for (const indication of indications) writer.bits(2, INDICATIONS.indexOf(indication));
}

/** template_layers(). */
function readLayers(reader: BitReader): Layers[] {
  const layers: Layers[] = [];
  let spatialId = 0;
  let temporalId = 0;
  for (let next = 0; next !== 3;) {
    layers.push({ spatialId, temporalId });
    next = reader.bits(2);
    if (!reader.ok) break;
    if (layers.length === MAX_TEMPLATES && next !== 3) {
      reader.fail();
      break;
    }
    if (next === 1) temporalId++;
    if (next === 2) {
      temporalId = 0;
      spatialId++;
    }
  }
  return layers;
}

/** next_layer_idc of a template (AV1 RTP specification table A.2). */
function nextLayer(template: Layers, next: Layers | undefined): number {
  if (next === undefined) return 3;
  if (next.spatialId === template.spatialId) {
    if (next.temporalId === template.temporalId) return 0;
    if (next.temporalId === template.temporalId + 1) return 1;
  } else if (next.spatialId === template.spatialId + 1 && next.temporalId === 0) {
    return 2;
  }
  throw new RangeError("The templates are not in the order of their layers");
}

function readTemplateDiffs(reader: BitReader): number[] {
  const diffs: number[] = [];
  while (reader.flag()) {
    diffs.push(reader.bits(4) + 1);
    if (diffs.length > MAX_FRAME_DIFFS) reader.fail();
  }
  return diffs;
}

function readResolutions(reader: BitReader, layers: readonly Layers[]): RenderResolution[] {
  const count = layers[layers.length - 1]!.spatialId + 1;
  return Array.from({ length: count }, () => ({
    width: reader.bits(16) + 1,
    height: reader.bits(16) + 1,
  }));
}
