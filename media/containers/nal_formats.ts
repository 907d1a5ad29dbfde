/**
 * H.264 and H.265 in files and on the wire: MP4 and Matroska keep each NAL unit behind its length, and the parameter sets in a record of
 * their own (ISO/IEC 14496-15); chunks are Annex B, with the parameter sets in front of each key frame.
 *
 * @module
 */
import { H264_PPS, H264_SPS } from "../codecs/h264.ts";
import { splitAnnexB } from "../../rtp/payload/mod.ts";

/** Turns frames of a file into Annex B. */
export interface NalReader {
  /** A frame as Annex B. What has no form is cut off where it loses it. */
  toAnnexB(data: Uint8Array, isKey: boolean): Uint8Array;
}

/** What frames in a file need by an AVCDecoderConfigurationRecord (ISO/IEC 14496-15 section 5.3.3). */
export function avcReader(record: Uint8Array): NalReader {
  const units: Uint8Array[] = [];
  let at = 5;
  for (const mask of [0x1f, 0xff]) {
    const count = (record[at++] ?? 0) & mask;
    at = readUnits(record, at, count, units);
  }
  return new LengthPrefixed(units, ((record[4] ?? 3) & 3) + 1, isAvcParameterSet);
}

/** What frames in a file need by an HEVCDecoderConfigurationRecord (ISO/IEC 14496-15 section 8.3.3). */
export function hevcReader(record: Uint8Array): NalReader {
  const units: Uint8Array[] = [];
  let at = 23;
  for (let arrays = record[22] ?? 0; arrays > 0 && at + 3 <= record.length; arrays--) {
    const count = record[at + 1]! << 8 | record[at + 2]!;
    at = readUnits(record, at + 3, count, units);
  }
  return new LengthPrefixed(units, ((record[21] ?? 3) & 3) + 1, isHevcParameterSet);
}

/** The AVCDecoderConfigurationRecord for a key frame in Annex B; undefined if it has no parameter sets. */
export function avcRecord(keyFrame: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const units = splitAnnexB(keyFrame);
  const ofType = (type: number) => units.filter((unit) => (unit[0]! & 0x1f) === type);
  const [sps, pps] = [ofType(H264_SPS).slice(0, 31), ofType(H264_PPS).slice(0, 255)];
  const [first] = sps;
  if (first === undefined || first.length < 4 || pps.length === 0) return undefined;
  const head = [1, first[1]!, first[2]!, first[3]!, 0xff];
  const sized = (unit: Uint8Array) => [unit.length >> 8, unit.length & 0xff, ...unit];
  return Uint8Array.from([
    ...head,
    ...[0xe0 | sps.length, ...sps.flatMap(sized)],
    ...[pps.length, ...pps.flatMap(sized)],
  ]);
}

/** A frame in Annex B with lengths of four bytes in place of its start codes. */
export function toLengthPrefixed(data: Uint8Array): Uint8Array {
  const units = splitAnnexB(data);
  const bytes = new Uint8Array(units.reduce((sum, { length }) => sum + 4 + length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const unit of units) {
    view.setUint32(at, unit.length);
    bytes.set(unit, at + 4);
    at += 4 + unit.length;
  }
  return bytes;
}

class LengthPrefixed implements NalReader {
  readonly #parameterSets: readonly Uint8Array[];
  readonly #lengthSize: number;
  readonly #isParameterSet: (unit: Uint8Array) => boolean;

  constructor(
    parameterSets: readonly Uint8Array[],
    lengthSize: number,
    isParameterSet: (unit: Uint8Array) => boolean,
  ) {
    this.#parameterSets = parameterSets;
    this.#lengthSize = lengthSize;
    this.#isParameterSet = isParameterSet;
  }

  toAnnexB(data: Uint8Array, isKey: boolean): Uint8Array {
    const units: Uint8Array[] = [];
    for (let at = 0; at + this.#lengthSize <= data.length;) {
      let length = 0;
      for (let i = 0; i < this.#lengthSize; i++) length = length * 256 + data[at++]!;
      if (length > data.length - at) break;
      if (length > 0) units.push(data.subarray(at, at + length));
      at += length;
    }
    const needsSets = isKey && !units.some(this.#isParameterSet);
    return joinAnnexB(needsSets ? [...this.#parameterSets, ...units] : units);
  }
}

function isAvcParameterSet(unit: Uint8Array): boolean {
  return (unit[0]! & 0x1f) === H264_SPS;
}

/** Video, sequence and picture parameter sets are types 32 to 34 (H.265 section 7.4.2.2). */
function isHevcParameterSet(unit: Uint8Array): boolean {
  const type = unit[0]! >> 1 & 0x3f;
  return type >= 32 && type <= 34;
}

/** Takes `count` units behind lengths of 16 bits, and says where they end. */
function readUnits(record: Uint8Array, start: number, count: number, into: Uint8Array[]): number {
  let at = start;
  for (let i = 0; i < count && at + 2 <= record.length; i++) {
    const end = at + 2 + (record[at]! << 8 | record[at + 1]!);
    if (end > record.length) break;
    into.push(record.slice(at + 2, end));
    at = end;
  }
  return at;
}

function joinAnnexB(units: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(units.reduce((sum, { length }) => sum + 4 + length, 0));
  let at = 0;
  for (const unit of units) {
    bytes[at + 3] = 1;
    bytes.set(unit, at + 4);
    at += 4 + unit.length;
  }
  return bytes;
}
