import { Reader, Writer } from "../../core/wire/mod.ts";
import { type FecRepair, maskedNumbers, maskOf } from "./repair.ts";

/** A part of the mask: its bits, and whether it begins with a k bit. One that has none, or one that is set, is the last. */
interface MaskPart {
  readonly bits: 15 | 31 | 63 | 64;
  readonly hasK: boolean;
}

const MASK: readonly MaskPart[] = [
  { bits: 15, hasK: true },
  { bits: 31, hasK: true },
  { bits: 64, hasK: false },
];

const MASK_03: readonly MaskPart[] = [
  { bits: 15, hasK: true },
  { bits: 31, hasK: true },
  { bits: 63, hasK: true },
];

/**
 * Reads a FlexFEC payload with a flexible mask (RFC 8627 section 4.2.2.1) that protects one stream, whose SSRC is the CSRC of the packet.
 * Undefined if it is cut off, protects nothing, or is of another kind: fixed blocks, which no one sends, or retransmission.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |R|F|P|X|  CC   |M| PT recovery |        length recovery        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                          TS recovery                          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           SN base_i           |k|          Mask [0-14]        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |k|                   Mask [15-45] (optional)                   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                     Mask [46-109] (optional)                  |
 * |                                                               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function parseFlexfec(payload: Uint8Array): FecRepair | undefined {
  const reader = new Reader(payload);
  const flags = reader.u16();
  if ((flags & 0xc000) !== 0) return undefined;
  const length = reader.u16();
  const timestamp = reader.u32();
  return readRest(reader, { flags, length, timestamp }, MASK);
}

/**
 * The same for `flexfec-03`, which is what browsers name and mean: draft-ietf-payload-flexible-fec-scheme-03 section 4.2 has the protected
 * SSRC in the payload, and a bit less in the mask.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |R|F|P|X|  CC   |M| PT recovery |        length recovery        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                          TS recovery                          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   SSRCCount   |                    reserved                   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                             SSRC_i                            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           SN base_i           |k|          Mask [0-14]        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |k|                   Mask [15-45] (optional)                   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |k|                   Mask [46-108] (optional)                  |
 * |                                                               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function parseFlexfec03(payload: Uint8Array): FecRepair | undefined {
  const reader = new Reader(payload);
  const flags = reader.u16();
  if ((flags & 0xc000) !== 0) return undefined;
  const length = reader.u16();
  const timestamp = reader.u32();
  const streams = reader.u32() >>> 24;
  if (streams !== 1) return undefined;
  reader.skip(4); // the SSRC: there is a receiver of repairs for each stream
  return readRest(reader, { flags, length, timestamp }, MASK_03);
}

/** Writes a FlexFEC payload of RFC 8627. Throws a RangeError if it protects nothing, or packets more than 110 numbers apart. */
export function writeFlexfec(repair: FecRepair): Uint8Array<ArrayBuffer> {
  return write(repair, MASK, () => {});
}

/** Writes a `flexfec-03` payload for the stream. Throws a RangeError if it protects nothing, or packets more than 109 numbers apart. */
export function writeFlexfec03(repair: FecRepair, ssrc: number): Uint8Array<ArrayBuffer> {
  return write(repair, MASK_03, (writer) => {
    writer.u32(1 << 24);
    writer.u32(ssrc);
  });
}

function write(
  repair: FecRepair,
  parts: readonly MaskPart[],
  writeStream: (writer: Writer) => void,
): Uint8Array<ArrayBuffer> {
  const limit = parts.reduce((sum, { bits }) => sum + bits, 0);
  const mask = maskOf(repair.sequenceNumbers, limit);
  if (mask === undefined) throw new RangeError("FlexFEC can't protect these packets together");
  const writer = new Writer();
  writer.u16(repair.flags & 0x3fff);
  writer.u16(repair.length);
  writer.u32(repair.timestamp);
  writeStream(writer);
  writer.u16(repair.sequenceNumbers[0]!);
  writeMask(writer, mask, parts);
  writer.bytes(repair.payload);
  return writer.finish();
}

function readRest(
  reader: Reader,
  head: Pick<FecRepair, "flags" | "length" | "timestamp">,
  parts: readonly MaskPart[],
): FecRepair | undefined {
  const base = reader.u16();
  const mask = readMask(reader, parts);
  const payload = reader.rest();
  if (!reader.ok || mask === undefined) return undefined;
  const sequenceNumbers = maskedNumbers(base, mask);
  return sequenceNumbers.length === 0 ? undefined : { ...head, sequenceNumbers, payload };
}

/** Undefined if nothing ends it. */
function readMask(reader: Reader, parts: readonly MaskPart[]): boolean[] | undefined {
  const mask: boolean[] = [];
  for (const { bits: width, hasK } of parts) {
    const bits = width === 15
      ? BigInt(reader.u16())
      : width === 31
      ? BigInt(reader.u32())
      : reader.u64();
    for (let bit = width - 1; bit >= 0; bit--) mask.push((bits >> BigInt(bit) & 1n) === 1n);
    if (!hasK || bits >> BigInt(width) === 1n) return mask;
  }
  return undefined;
}

function writeMask(writer: Writer, mask: readonly boolean[], parts: readonly MaskPart[]): void {
  let at = 0;
  for (const { bits: width, hasK } of parts) {
    const last = mask.length <= at + width;
    let bits = hasK && last ? 1n : 0n;
    for (const end = at + width; at < end; at++) bits = bits << 1n | (mask[at] ? 1n : 0n);
    if (width === 15) writer.u16(Number(bits));
    else if (width === 31) writer.u32(Number(bits));
    else writer.u64(bits);
    if (last) return;
  }
}
