import type { Reader, Writer } from "../../core/wire/mod.ts";

/** The most frames that a frame may refer to (RFC 9628 section 4.2). */
export const MAX_VP9_REFERENCES = 3;

/** A picture of the group that repeats. */
export interface Vp9GroupPicture {
  /** Temporal layer. */
  readonly temporalId: number;
  /** U: a receiver can switch up to a higher temporal layer here. */
  readonly switchingUp: boolean;
  /** How many pictures back those lie that it refers to: at most three. */
  readonly references: readonly number[];
}

/** Which layers there are, and how pictures depend on one another (RFC 9628 section 4.2.1). */
export interface Vp9ScalabilityStructure {
  /** From 1 to 8. */
  readonly spatialLayers: number;
  /** Size of each spatial layer's frames in pixels. */
  readonly resolutions?: readonly { readonly width: number; readonly height: number }[];
  /** At most 255 pictures. */
  readonly pictureGroup?: readonly Vp9GroupPicture[];
}

/**
 * Reads a scalability structure; the reader fails if it is cut off.
 *
 * ```text
 *      +-+-+-+-+-+-+-+-+
 * V:   | N_S |Y|G|-|-|-|
 *      +-+-+-+-+-+-+-+-+              -\
 * Y:   |     WIDTH     | (OPTIONAL)    .
 *      +               +               .
 *      |               | (OPTIONAL)    .
 *      +-+-+-+-+-+-+-+-+               . - N_S + 1 times
 *      |     HEIGHT    | (OPTIONAL)    .
 *      +               +               .
 *      |               | (OPTIONAL)    .
 *      +-+-+-+-+-+-+-+-+              -/
 * G:   |      N_G      | (OPTIONAL)
 *      +-+-+-+-+-+-+-+-+                            -\
 * N_G: | TID |U| R |-|-| (OPTIONAL)                 .
 *      +-+-+-+-+-+-+-+-+              -\            . - N_G times
 *      |    P_DIFF     | (OPTIONAL)    . - R times  .
 *      +-+-+-+-+-+-+-+-+              -/           -/
 * ```
 */
export function readVp9Structure(reader: Reader): Vp9ScalabilityStructure {
  const first = reader.u8();
  const spatialLayers = (first >> 5) + 1;
  const structure: {
    -readonly [Key in keyof Vp9ScalabilityStructure]: Vp9ScalabilityStructure[Key];
  } = { spatialLayers };
  if ((first & 0x10) !== 0) {
    structure.resolutions = Array.from(
      { length: spatialLayers },
      () => ({ width: reader.u16(), height: reader.u16() }),
    );
  }
  if ((first & 0x08) !== 0) structure.pictureGroup = readGroup(reader);
  return structure;
}

/** Writes a scalability structure. */
export function writeVp9Structure(writer: Writer, structure: Vp9ScalabilityStructure): void {
  const { spatialLayers, resolutions, pictureGroup } = structure;
  writer.u8(
    (spatialLayers - 1) << 5 | (resolutions === undefined ? 0 : 0x10) |
      (pictureGroup === undefined ? 0 : 0x08),
  );
  for (const { width, height } of resolutions ?? []) {
    writer.u16(width);
    writer.u16(height);
  }
  if (pictureGroup === undefined) return;
  writer.u8(pictureGroup.length);
  for (const { temporalId, switchingUp, references } of pictureGroup) {
    writer.u8(temporalId << 5 | (switchingUp ? 0x10 : 0) | references.length << 2);
    for (const reference of references) writer.u8(reference);
  }
}

function readGroup(reader: Reader): Vp9GroupPicture[] {
  const group: Vp9GroupPicture[] = [];
  for (let left = reader.u8(); left > 0 && reader.ok; left--) {
    const picture = reader.u8();
    const references = Array.from({ length: picture >> 2 & 3 }, () => reader.u8());
    group.push({ temporalId: picture >> 5, switchingUp: (picture & 0x10) !== 0, references });
  }
  return group;
}
