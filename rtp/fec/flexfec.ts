import { Reader, Writer } from "../../core/wire/mod.ts";
import { type FecRepair, maskedNumbers, maskOf } from "./repair.ts";

/** Bits of the three parts of the mask: a part that has no k bit, or one that is set, is the last. */
const MASK_PARTS = [15, 31, 64] as const;
const MASK_LIMIT = 15 + 31 + 64;

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
  const base = reader.u16();
  const mask = readMask(reader);
  const sequenceNumbers = maskedNumbers(base, mask);
  const rest = reader.rest();
  if (!reader.ok || sequenceNumbers.length === 0) return undefined;
  return { sequenceNumbers, flags, length, timestamp, payload: rest };
}

/** Writes a FlexFEC payload. Throws a RangeError if it protects nothing, or packets more than 110 numbers apart. */
export function writeFlexfec(repair: FecRepair): Uint8Array<ArrayBuffer> {
  const mask = maskOf(repair.sequenceNumbers, MASK_LIMIT);
  if (mask === undefined) throw new RangeError("FlexFEC can't protect these packets together");
  const writer = new Writer();
  writer.u16(repair.flags & 0x3fff);
  writer.u16(repair.length);
  writer.u32(repair.timestamp);
  writer.u16(repair.sequenceNumbers[0]!);
  writeMask(writer, mask);
  writer.bytes(repair.payload);
  return writer.finish();
}

function readMask(reader: Reader): boolean[] {
  const mask: boolean[] = [];
  for (const width of MASK_PARTS) {
    const hasK = width !== 64;
    const bits = width === 15
      ? BigInt(reader.u16())
      : width === 31
      ? BigInt(reader.u32())
      : reader.u64();
    for (let bit = width - 1; bit >= 0; bit--) mask.push((bits >> BigInt(bit) & 1n) === 1n);
    if (hasK && bits >> BigInt(width) === 1n) break;
  }
  return mask;
}

function writeMask(writer: Writer, mask: readonly boolean[]): void {
  let at = 0;
  for (const width of MASK_PARTS) {
    const last = mask.length <= at + width;
    let bits = width !== 64 && last ? 1n : 0n;
    for (const end = at + width; at < end; at++) bits = bits << 1n | (mask[at] ? 1n : 0n);
    if (width === 15) writer.u16(Number(bits));
    else if (width === 31) writer.u32(Number(bits));
    else writer.u64(bits);
    if (last) return;
  }
}
