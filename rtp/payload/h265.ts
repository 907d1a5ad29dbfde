import { FrameAssembler } from "./assembler.ts";
import { NalPacketizer } from "./nal_packetizer.ts";
import { type NalDescriptor, NalReader } from "./nal_reader.ts";
import type { NalSyntax } from "./nal_syntax.ts";

/** Types of NAL units (ITU-T H.265 table 7-1) that matter here. */
const FIRST_IRAP = 16;
const LAST_IRAP = 23;
const LAST_SLICE = 31;
const VPS = 32;
const SPS = 33;
const PPS = 34;
const ACCESS_UNIT_DELIMITER = 35;

/**
 * The payloads of H.265 (RFC 7798 section 4.4), without decoding order numbers.
 *
 * ```text
 *  NAL unit header, PayloadHdr           FU header
 *  0                   1
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5      0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+    +-+-+-+-+-+-+-+-+
 * |F|   Type    |  LayerId  | TID |    |S|E|  FuType   |
 * +-------------+-----------------+    +---------------+
 * ```
 */
export const H265_SYNTAX: NalSyntax = {
  headerLength: 2,
  aggregationType: 48,
  fragmentType: 49,
  fragmentTypeMask: 0x3f,
  typeOf: (first) => first >> 1 & 0x3f,
  withType: (first, type) => first & 0x81 | type << 1,
  isNalUnit: (type) => type <= 47,
  isPicture: (type) => type <= LAST_SLICE,
  isKeyFrame: (type) => type >= FIRST_IRAP && type <= LAST_IRAP,
  isParameterSet: (type) => type >= VPS && type <= PPS,
  isSequenceStart: (type) => type === VPS || type === SPS,
  startsAccessUnit(type, slice) {
    if (type === ACCESS_UNIT_DELIMITER || type === VPS) return true;
    // The first bit of a slice is first_slice_segment_in_pic_flag (ITU-T H.265 section 7.3.6.1).
    return type <= LAST_SLICE && (slice & 0x80) !== 0;
  },
  aggregationHeader(units) {
    // RFC 7798 section 4.4.2: F if any has it, and the lowest layer and temporal ID.
    const forbidden = units.some((unit) => (unit[0]! & 0x80) !== 0) ? 0x80 : 0;
    const layer = Math.min(...units.map((unit) => (unit[0]! & 1) << 5 | unit[1]! >> 3));
    const temporal = Math.min(...units.map((unit) => unit[1]! & 0x07));
    return Uint8Array.of(forbidden | 48 << 1 | layer >> 5, (layer & 0x1f) << 3 | temporal);
  },
};

/** Puts H.265 access units, as Annex B byte streams, into payloads (RFC 7798). */
export function h265Packetizer(): NalPacketizer {
  return new NalPacketizer(H265_SYNTAX, false);
}

/** Puts H.265 access units together again, as Annex B byte streams. */
export function h265Depacketizer(): FrameAssembler<NalDescriptor> {
  return new FrameAssembler(new NalReader(H265_SYNTAX));
}
