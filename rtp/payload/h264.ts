import { FrameAssembler } from "./assembler.ts";
import { NalPacketizer } from "./nal_packetizer.ts";
import { type NalDescriptor, NalReader } from "./nal_reader.ts";
import type { NalSyntax } from "./nal_syntax.ts";

/** Types of NAL units (ITU-T H.264 table 7-1) that matter here. */
const SLICE = 1;
const SLICE_PARTITION_A = 2;
const IDR = 5;
const SPS = 7;
const PPS = 8;
const ACCESS_UNIT_DELIMITER = 9;
const FIRST_EXTENSION_SLICE = 19;

/**
 * The payloads of H.264 (RFC 6184 section 5.2).
 *
 * ```text
 *  NAL unit header       FU-A: FU indicator, FU header        STAP-A
 * +---------------+    +---------------+---------------+    +---------------+---------------+
 * |0|1|2|3|4|5|6|7|    |F|NRI| Type=28 |S|E|R|  Type   |    |F|NRI| Type=24 | size, NAL unit ...
 * +-+-+-+-+-+-+-+-+    +---------------+---------------+    +---------------+---------------+
 * |F|NRI|  Type   |
 * +---------------+
 * ```
 */
export const H264_SYNTAX: NalSyntax = {
  headerLength: 1,
  aggregationType: 24,
  fragmentType: 28,
  fragmentTypeMask: 0x1f,
  typeOf: (first) => first & 0x1f,
  withType: (first, type) => first & 0xe0 | type,
  isNalUnit: (type) => type >= 1 && type <= 23,
  // Slices, and those of auxiliary pictures and extensions.
  isPicture: (type) => type <= IDR || type >= FIRST_EXTENSION_SLICE,
  isKeyFrame: (type) => type === IDR,
  isParameterSet: (type) => type === SPS || type === PPS,
  isSequenceStart: (type) => type === SPS,
  startsAccessUnit(type, slice) {
    if (type === ACCESS_UNIT_DELIMITER || type === SPS) return true;
    // The first bit of a slice is set if and only if it is first_mb_in_slice = 0 (ITU-T H.264 section 7.3.3).
    return (type === SLICE || type === SLICE_PARTITION_A || type === IDR) && (slice & 0x80) !== 0;
  },
  aggregationHeader(units) {
    // RFC 6184 section 5.7: F if any has it, and the highest NRI.
    const forbidden = units.some((unit) => (unit[0]! & 0x80) !== 0) ? 0x80 : 0;
    const importance = Math.max(...units.map((unit) => unit[0]! & 0x60));
    return Uint8Array.of(forbidden | importance | 24);
  },
};

/**
 * Puts H.264 access units, as Annex B byte streams, into payloads (RFC 6184).
 *
 * Packetization mode 0 has single NAL units only, so that the encoder has to make none which is larger than a payload; in mode 1 there are
 * STAP-A and FU-A too.
 *
 * @example
 * ```ts
 * import { h264Packetizer } from "@heron/webrtc/rtp";
 * import { assertEquals } from "@std/assert";
 *
 * const data = Uint8Array.of(0, 0, 0, 1, 0x67, 0x42, 0, 0, 1, 0x68, 0xce, 0, 0, 1, 0x65, 1, 2, 3, 4, 5, 6, 7);
 * const payloads = h264Packetizer(1).packetize({ data }, 7);
 * assertEquals(payloads.map(({ payload }) => payload[0]! & 0x1f), [7, 8, 28, 28]);
 * ```
 */
export function h264Packetizer(packetizationMode: 0 | 1): NalPacketizer {
  return new NalPacketizer(H264_SYNTAX, packetizationMode === 0);
}

/** Puts H.264 access units together again, as Annex B byte streams. Takes packetization modes 0 and 1. */
export function h264Depacketizer(): FrameAssembler<NalDescriptor> {
  return new FrameAssembler(new NalReader(H264_SYNTAX));
}
