import { Reader, Writer } from "../../core/wire/mod.ts";
import { type FecRepair, maskedNumbers, maskOf } from "./repair.ts";

/** Bits of the short mask and of the long one. */
const SHORT_MASK = 16;
const LONG_MASK = 48;

/**
 * Reads a ULPFEC payload (RFC 5109 section 7), its first level; undefined if it is cut off or protects nothing. Browsers have one level,
 * which protects whole packets.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |E|L|P|X|  CC   |M| PT recovery |            SN base            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                          TS recovery                          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |        length recovery        |       Protection Length       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |             mask              |   mask cont. (if L is set)    :
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function parseUlpfec(payload: Uint8Array): FecRepair | undefined {
  const reader = new Reader(payload);
  const flags = reader.u16();
  const base = reader.u16();
  const timestamp = reader.u32();
  const length = reader.u16();
  const protectionLength = reader.u16();
  const mask: boolean[] = [];
  for (let left = (flags & 0x4000) === 0 ? SHORT_MASK : LONG_MASK; left > 0; left -= 16) {
    const bits = reader.u16();
    for (let bit = 15; bit >= 0; bit--) mask.push((bits >> bit & 1) === 1);
  }
  const sequenceNumbers = maskedNumbers(base, mask);
  const level = reader.bytes(protectionLength);
  if (!reader.ok || sequenceNumbers.length === 0) return undefined;
  return { sequenceNumbers, flags, length, timestamp, payload: level };
}

/** Writes a ULPFEC payload of one level. Throws a RangeError if it protects nothing, or packets more than 48 numbers apart. */
export function writeUlpfec(repair: FecRepair): Uint8Array<ArrayBuffer> {
  const mask = maskOf(repair.sequenceNumbers, LONG_MASK);
  if (mask === undefined) throw new RangeError("ULPFEC can't protect these packets together");
  const long = mask.length > SHORT_MASK;
  const writer = new Writer();
  writer.u16((long ? 0x4000 : 0) | repair.flags & 0x3fff);
  writer.u16(repair.sequenceNumbers[0]!);
  writer.u32(repair.timestamp);
  writer.u16(repair.length);
  writer.u16(repair.payload.length);
  for (let at = 0; at < (long ? LONG_MASK : SHORT_MASK); at += 16) {
    let bits = 0;
    for (let i = 0; i < 16; i++) bits = bits << 1 | (mask[at + i] ? 1 : 0);
    writer.u16(bits);
  }
  writer.bytes(repair.payload);
  return writer.finish();
}
