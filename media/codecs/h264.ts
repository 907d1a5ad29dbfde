import { BitReader, unescapeNal } from "./bit_reader.ts";
import type { KeyFrame } from "./key_frame.ts";
import { splitAnnexB } from "../../rtp/payload/mod.ts";

/** nal_unit_type of a sequence parameter set (H.264 section 7.4.1). */
export const H264_SPS = 7;
/** nal_unit_type of a picture parameter set. */
export const H264_PPS = 8;

/** Profiles that say how colours are sampled (H.264 section 7.3.2.1.1). */
const HIGH_PROFILES = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];
/** num_ref_frames_in_pic_order_cnt_cycle and scaling lists end the reading of what can't be. */
const MAX_CYCLE = 255;

/** By the sequence parameter set in front of the picture; a key frame has one. */
export function describeH264(data: Uint8Array): KeyFrame | undefined {
  const unit = splitAnnexB(data).find((unit) => (unit[0]! & 0x1f) === H264_SPS);
  return unit === undefined ? undefined : describeSps(unit);
}

/** H.264 section 7.3.2.1.1, seq_parameter_set_data. */
function describeSps(unit: Uint8Array): KeyFrame | undefined {
  const reader = new BitReader(unescapeNal(unit));
  reader.skip(8); // the NAL unit's header
  const profileBytes = [reader.bits(8), reader.bits(8), reader.bits(8)];
  reader.unsignedGolomb(); // seq_parameter_set_id
  const chroma = HIGH_PROFILES.includes(profileBytes[0]!) ? readChroma(reader) : 1;
  reader.unsignedGolomb(); // log2_max_frame_num_minus4
  skipPictureOrderCount(reader);
  reader.unsignedGolomb(); // max_num_ref_frames
  reader.skip(1); // gaps_in_frame_num_value_allowed_flag
  const [columns, rows] = [reader.unsignedGolomb() + 1, reader.unsignedGolomb() + 1];
  const isFrameOnly = reader.flag();
  if (!isFrameOnly) reader.skip(1); // mb_adaptive_frame_field_flag
  reader.skip(1); // direct_8x8_inference_flag
  const fields = isFrameOnly ? 1 : 2;
  const [x, y] = cropping(reader, chroma, fields);
  if (reader.exhausted) return undefined;
  const profile = profileBytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return {
    width: columns * 16 - x,
    height: rows * 16 * fields - y,
    codec: `avc1.${profile}`,
  };
}

/** chroma_format_idc and what comes with it; 0 where each colour is coded like luma. */
function readChroma(reader: BitReader): number {
  const format = reader.unsignedGolomb();
  const separate = format === 3 && reader.flag();
  reader.unsignedGolomb(); // bit_depth_luma_minus8
  reader.unsignedGolomb(); // bit_depth_chroma_minus8
  reader.skip(1); // qpprime_y_zero_transform_bypass_flag
  if (reader.flag()) {
    for (let i = 0; i < (format === 3 ? 12 : 8); i++) {
      if (reader.flag()) skipScalingList(reader, i < 6 ? 16 : 64);
    }
  }
  return separate ? 0 : format;
}

function skipScalingList(reader: BitReader, size: number): void {
  for (let i = 0, next = 8; i < size && next !== 0; i++) {
    next = (next + reader.signedGolomb() + 256) % 256;
  }
}

function skipPictureOrderCount(reader: BitReader): void {
  const type = reader.unsignedGolomb();
  if (type === 0) reader.unsignedGolomb();
  if (type !== 1) return;
  reader.skip(1);
  for (let i = 0; i < 2; i++) reader.signedGolomb();
  const cycle = Math.min(reader.unsignedGolomb(), MAX_CYCLE);
  for (let i = 0; i < cycle; i++) reader.signedGolomb();
}

/** How many luma samples are cut off, of width and of height (H.264 section 7.4.2.1.1). */
function cropping(reader: BitReader, chroma: number, fields: number): [number, number] {
  if (!reader.flag()) return [0, 0];
  const [left, right, top, bottom] = [0, 0, 0, 0].map(() => reader.unsignedGolomb());
  const unitX = chroma === 1 || chroma === 2 ? 2 : 1;
  const unitY = (chroma === 1 ? 2 : 1) * fields;
  return [(left! + right!) * unitX, (top! + bottom!) * unitY];
}
