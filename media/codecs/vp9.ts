import { BitReader } from "./bit_reader.ts";
import type { KeyFrame } from "./key_frame.ts";

const FRAME_MARKER = 2;
const SYNC_CODE = 0x498342;
const CS_RGB = 7;

/** The most luma samples of a picture, by level (VP9 specification annex A). */
const LEVELS = [
  [36_864, 10],
  [73_728, 11],
  [122_880, 20],
  [245_760, 21],
  [552_960, 30],
  [983_040, 31],
  [2_228_224, 40],
  [8_912_896, 50],
  [35_651_584, 60],
] as const;

/** VP9 specification section 6.2, uncompressed_header. */
export function describeVp9(data: Uint8Array): KeyFrame | undefined {
  const reader = new BitReader(data);
  if (reader.bits(2) !== FRAME_MARKER) return undefined;
  const profile = reader.bits(1) | reader.bits(1) << 1;
  if (profile === 3) reader.skip(1);
  const showExistingFrame = reader.flag();
  const isDependent = reader.flag();
  if (showExistingFrame || isDependent) return undefined;
  reader.skip(2); // show_frame, error_resilient_mode
  if (reader.bits(24) !== SYNC_CODE) return undefined;
  const depth = profile < 2 ? 8 : reader.flag() ? 12 : 10;
  const isOdd = (profile & 1) === 1;
  if (reader.bits(3) !== CS_RGB) reader.skip(isOdd ? 4 : 1);
  else if (isOdd) reader.skip(1);
  const [width, height] = [reader.bits(16) + 1, reader.bits(16) + 1];
  if (reader.exhausted) return undefined;
  const level = LEVELS.find(([most]) => width * height <= most)?.[1] ?? 62;
  const digits = [profile, level, depth].map((value) => String(value).padStart(2, "0"));
  return { width, height, codec: `vp09.${digits.join(".")}` };
}
