import { BitReader, unescapeNal } from "./bit_reader.ts";
import type { KeyFrame } from "./key_frame.ts";
import { splitAnnexB } from "../../rtp/payload/mod.ts";

/** nal_unit_type of a sequence parameter set (H.265 section 7.4.2.2). */
const H265_SPS = 33;

/** By the sequence parameter set in front of the picture; a key frame has one. */
export function describeH265(data: Uint8Array): KeyFrame | undefined {
  const unit = splitAnnexB(data).find((unit) => (unit[0]! >> 1 & 0x3f) === H265_SPS);
  return unit === undefined ? undefined : describeSps(unit);
}

/** H.265 section 7.3.2.2, seq_parameter_set_rbsp. */
function describeSps(unit: Uint8Array): KeyFrame | undefined {
  const reader = new BitReader(unescapeNal(unit));
  reader.skip(16 + 4); // the NAL unit's header, sps_video_parameter_set_id
  const subLayers = reader.bits(3);
  reader.skip(1); // sps_temporal_id_nesting_flag
  const codec = readProfileTierLevel(reader, subLayers);
  reader.unsignedGolomb(); // sps_seq_parameter_set_id
  const chroma = reader.unsignedGolomb();
  const separate = chroma === 3 && reader.flag();
  const [width, height] = [reader.unsignedGolomb(), reader.unsignedGolomb()];
  const cut = reader.flag() ? [0, 0, 0, 0].map(() => reader.unsignedGolomb()) : [0, 0, 0, 0];
  if (reader.exhausted) return undefined;
  const unitX = !separate && (chroma === 1 || chroma === 2) ? 2 : 1;
  const unitY = !separate && chroma === 1 ? 2 : 1;
  return {
    width: width - (cut[0]! + cut[1]!) * unitX,
    height: height - (cut[2]! + cut[3]!) * unitY,
    codec,
  };
}

/** H.265 section 7.3.3, profile_tier_level; as a codec string by ISO/IEC 14496-15 annex E. */
function readProfileTierLevel(reader: BitReader, subLayers: number): string {
  const space = ["", "A", "B", "C"][reader.bits(2)]!;
  const tier = reader.flag() ? "H" : "L";
  const profile = reader.bits(5);
  const compatible = reader.bits(32);
  const constraints = Array.from({ length: 6 }, () => reader.bits(8));
  const level = reader.bits(8);
  const present = Array.from({ length: subLayers }, () => [reader.flag(), reader.flag()]);
  if (subLayers > 0) reader.skip(2 * (8 - subLayers));
  for (const [hasProfile, hasLevel] of present) {
    reader.skip((hasProfile ? 88 : 0) + (hasLevel ? 8 : 0));
  }
  while (constraints.at(-1) === 0) constraints.pop();
  const parts = [
    `hev1.${space}${profile}`,
    reversed(compatible).toString(16).toUpperCase(),
    `${tier}${level}`,
    ...constraints.map((byte) => byte.toString(16).toUpperCase()),
  ];
  return parts.join(".");
}

/** 32 bits in reverse order. */
function reversed(value: number): number {
  let result = 0;
  for (let i = 0; i < 32; i++) result = result * 2 + Math.floor(value / 2 ** i) % 2;
  return result;
}
