import { BitReader, BitWriter } from "./bits.ts";
import {
  type DecodeTargetIndication,
  type DependencyStructure,
  type FrameDependencyTemplate,
  MAX_FRAME_DIFFS,
  readIndications,
  readStructure,
  writeIndications,
  writeStructure,
} from "./dependency_structure.ts";

/** What a frame depends on and which layers need it, so that a middlebox need not look into the payload (AV1 RTP specification appendix A). */
export const DEPENDENCY_DESCRIPTOR_URI =
  "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";

/** What every dependency descriptor has: where frames begin and end, and which they are. */
export interface FrameMarks {
  /** Whether the packet begins a frame. */
  readonly startOfFrame: boolean;
  /** Whether the packet ends a frame. */
  readonly endOfFrame: boolean;
  /** Identifier of the template, 6 bits. */
  readonly templateId: number;
  /** Counts frames, 16 bits. */
  readonly frameNumber: number;
}

/** A dependency descriptor as it is on the wire. What it does not carry itself is in its template. */
export interface DependencyDescriptor extends FrameMarks {
  /** A new structure, on the first packet of a coded video sequence. */
  readonly structure?: DependencyStructure;
  /** Which decode targets can be had from now on, the lowest bit being the first; all of them after a new structure. */
  readonly activeDecodeTargets?: number;
  /** In place of the template's. */
  readonly decodeTargetIndications?: readonly DecodeTargetIndication[];
  /** In place of the template's. */
  readonly frameDiffs?: readonly number[];
  /** In place of the template's. */
  readonly chainDiffs?: readonly number[];
}

/**
 * Reads a dependency descriptor (AV1 RTP specification section A.8.2). `structure` is the one that an earlier packet of the stream brought;
 * without it, a descriptor that needs one is undefined, as is a broken one or one with a template that the structure doesn't have.
 *
 * ```text
 *  0                   1                   2
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |S|E|template id|         frame number          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |T|A|D|F|C|  structure, active targets, custom  :
 * +-+-+-+-+-+  fields, each if its flag is set    :
 * :                                               :
 * ```
 */
export function parseDependencyDescriptor(
  data: Uint8Array,
  structure?: DependencyStructure,
): DependencyDescriptor | undefined {
  const reader = new BitReader(data);
  const mandatory: DependencyDescriptor = readMarks(reader);
  if (!reader.ok) return undefined;
  const descriptor = data.length > 3 ? readExtended(reader, mandatory, structure) : mandatory;
  const current = descriptor?.structure ?? structure;
  if (descriptor === undefined || current === undefined) return undefined;
  return templateOf(descriptor, current) === undefined ? undefined : descriptor;
}

/** What a dependency descriptor says without the structure that it refers to; undefined if it is cut off. */
export function frameMarksOf(data: Uint8Array): FrameMarks | undefined {
  const reader = new BitReader(data);
  const marks = readMarks(reader);
  return reader.ok ? marks : undefined;
}

/** Writes a dependency descriptor. `structure` is the one in force, unless the descriptor brings its own. */
export function writeDependencyDescriptor(
  descriptor: DependencyDescriptor,
  structure?: DependencyStructure,
): Uint8Array<ArrayBuffer> {
  const current = descriptor.structure ?? structure;
  const { activeDecodeTargets, decodeTargetIndications, frameDiffs, chainDiffs } = descriptor;
  const writer = new BitWriter();
  writer.flag(descriptor.startOfFrame);
  writer.flag(descriptor.endOfFrame);
  writer.bits(6, descriptor.templateId);
  writer.bits(16, descriptor.frameNumber);
  const custom = [activeDecodeTargets, decodeTargetIndications, frameDiffs, chainDiffs];
  const flags = [descriptor.structure, ...custom].map((field) => field !== undefined);
  if (!flags.includes(true)) return writer.finish();
  if (current === undefined) throw new RangeError("A descriptor with fields needs a structure");
  for (const flag of flags) writer.flag(flag);
  if (descriptor.structure !== undefined) writeStructure(writer, descriptor.structure);
  if (activeDecodeTargets !== undefined) {
    writer.bits(current.decodeTargetCount, activeDecodeTargets);
  }
  if (decodeTargetIndications !== undefined) writeIndications(writer, decodeTargetIndications);
  if (frameDiffs !== undefined) writeFrameDiffs(writer, frameDiffs);
  for (const diff of chainDiffs ?? []) writer.bits(8, diff);
  return writer.finish();
}

/** The template of a descriptor with the descriptor's own fields in place of those which it replaces; undefined if there is no such template. */
export function templateOf(
  descriptor: DependencyDescriptor,
  structure: DependencyStructure,
): FrameDependencyTemplate | undefined {
  const template =
    structure.templates[(descriptor.templateId + 64 - structure.templateIdOffset) % 64];
  if (template === undefined) return undefined;
  return {
    ...template,
    decodeTargetIndications: descriptor.decodeTargetIndications ?? template.decodeTargetIndications,
    frameDiffs: descriptor.frameDiffs ?? template.frameDiffs,
    chainDiffs: descriptor.chainDiffs ?? template.chainDiffs,
  };
}

/** mandatory_descriptor_fields(). */
function readMarks(reader: BitReader): FrameMarks {
  return {
    startOfFrame: reader.flag(),
    endOfFrame: reader.flag(),
    templateId: reader.bits(6),
    frameNumber: reader.bits(16),
  };
}

/** extended_descriptor_fields(), and the custom fields of frame_dependency_definition(). */
function readExtended(
  reader: BitReader,
  mandatory: DependencyDescriptor,
  earlier: DependencyStructure | undefined,
): DependencyDescriptor | undefined {
  const hasStructure = reader.flag();
  const hasActiveTargets = reader.flag();
  const hasIndications = reader.flag();
  const hasFrameDiffs = reader.flag();
  const hasChainDiffs = reader.flag();
  const structure = hasStructure ? readStructure(reader) : undefined;
  const current = structure ?? earlier;
  if (current === undefined || !reader.ok) return undefined;
  const { decodeTargetCount, chainCount } = current;
  const descriptor: DependencyDescriptor = {
    ...mandatory,
    ...(structure === undefined ? {} : { structure }),
    ...(hasActiveTargets ? { activeDecodeTargets: reader.bits(decodeTargetCount) } : {}),
    ...(hasIndications
      ? { decodeTargetIndications: readIndications(reader, decodeTargetCount) }
      : {}),
    ...(hasFrameDiffs ? { frameDiffs: readFrameDiffs(reader) } : {}),
    ...(hasChainDiffs
      ? { chainDiffs: Array.from({ length: chainCount }, () => reader.bits(8)) }
      : {}),
  };
  return reader.ok ? descriptor : undefined;
}

/** frame_fdiffs(). */
function readFrameDiffs(reader: BitReader): number[] {
  const diffs: number[] = [];
  for (let size = reader.bits(2); size !== 0; size = reader.bits(2)) {
    diffs.push(reader.bits(4 * size) + 1);
    if (diffs.length > MAX_FRAME_DIFFS) reader.fail();
  }
  return diffs;
}

function writeFrameDiffs(writer: BitWriter, diffs: readonly number[]): void {
  for (const diff of diffs) {
    const size = diff <= 16 ? 1 : diff <= 256 ? 2 : 3;
    writer.bits(2, size);
    writer.bits(4 * size, diff - 1);
  }
  writer.bits(2, 0);
}
