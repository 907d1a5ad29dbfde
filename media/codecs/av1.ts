import { BitReader } from "./bit_reader.ts";
import type { KeyFrame } from "./key_frame.ts";
import { ObuType, obuType, readObu } from "../../rtp/payload/obu.ts";

/** By the sequence header in the temporal unit; one with a key frame has it. */
export function describeAv1(data: Uint8Array): KeyFrame | undefined {
  for (let at = 0; at < data.length;) {
    const read = readObu(data, at, data.length);
    if (read === undefined) return undefined;
    const [{ header, payload }, end] = read;
    if (obuType(header[0]!) === ObuType.SEQUENCE_HEADER) return describeSequenceHeader(payload);
    at = end;
  }
  return undefined;
}

/** AV1 specification section 5.5.1, sequence_header_obu. */
function describeSequenceHeader(payload: Uint8Array): KeyFrame | undefined {
  const reader = new BitReader(payload);
  const profile = reader.bits(3);
  reader.skip(1); // still_picture
  const reduced = reader.flag();
  const { level, tier } = reduced
    ? { level: reader.bits(5), tier: 0 }
    : readOperatingPoints(reader);
  const [widthBits, heightBits] = [reader.bits(4) + 1, reader.bits(4) + 1];
  const [width, height] = [reader.bits(widthBits) + 1, reader.bits(heightBits) + 1];
  if (!reduced && reader.flag()) reader.skip(4 + 3); // delta_frame_id_length, additional_frame_id_length
  reader.skip(3); // use_128x128_superblock, enable_filter_intra, enable_intra_edge_filter
  if (!reduced) skipTools(reader);
  reader.skip(3); // enable_superres, enable_cdef, enable_restoration
  const isDeep = reader.flag(); // color_config: high_bitdepth
  const depth = !isDeep ? 8 : profile === 2 && reader.flag() ? 12 : 10;
  if (reader.exhausted) return undefined;
  const digits = (value: number) => String(value).padStart(2, "0");
  return {
    width,
    height,
    codec: `av01.${profile}.${digits(level)}${tier === 1 ? "H" : "M"}.${digits(depth)}`,
  };
}

/** Timing, decoder model and operating points, of which the first has the level of the whole. */
function readOperatingPoints(reader: BitReader): { level: number; tier: number } {
  let delayBits = 0;
  if (reader.flag()) { // timing_info_present_flag
    reader.skip(64);
    if (reader.flag()) reader.unsignedGolomb(); // num_ticks_per_picture_minus_1
    if (reader.flag()) { // decoder_model_info_present_flag
      delayBits = reader.bits(5) + 1;
      reader.skip(32 + 5 + 5);
    }
  }
  const hasInitialDelay = reader.flag();
  const count = reader.bits(5) + 1;
  const points = Array.from({ length: count }, () => {
    reader.skip(12); // operating_point_idc
    const level = reader.bits(5);
    const tier = level > 7 ? reader.bits(1) : 0;
    if (delayBits > 0 && reader.flag()) reader.skip(2 * delayBits + 1);
    if (hasInitialDelay && reader.flag()) reader.skip(4);
    return { level, tier };
  });
  return points[0]!;
}

/** From enable_interintra_compound to order_hint_bits. */
function skipTools(reader: BitReader): void {
  reader.skip(4);
  const hasOrderHint = reader.flag();
  if (hasOrderHint) reader.skip(2);
  const forceScreenContent = reader.flag() ? 2 : reader.bits(1);
  // seq_choose_integer_mv, and seq_force_integer_mv where it is not chosen
  if (forceScreenContent > 0 && !reader.flag()) reader.skip(1);
  if (hasOrderHint) reader.skip(3);
}
