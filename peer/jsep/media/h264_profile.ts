/** The profiles of RFC 6184 section 8.1, table 5, and Constrained High of later editions of H.264. */
export type H264Profile =
  | "constrained-baseline"
  | "baseline"
  | "main"
  | "extended"
  | "constrained-high"
  | "high"
  | "high-10"
  | "high-4:2:2"
  | "high-4:4:4"
  | "high-10-intra"
  | "high-4:2:2-intra"
  | "high-4:4:4-intra"
  | "cavlc-4:4:4-intra";

/** A `profile-level-id` of H.264, understood. */
export interface H264ProfileLevel {
  readonly profile: H264Profile;
  /** Ten times the number of the level; that of level 1b is {@linkcode LEVEL_1B}. */
  readonly level: number;
}

/** Level 1b, which stands between 1 (10) and 1.1 (11). */
export const LEVEL_1B = 10.5;

/** The third constraint flag in the second byte. */
const CONSTRAINT_SET3 = 0x10;

/** profile_idc values for which level_idc 11 and that flag mean level 1b (RFC 6184 section 8.1). */
const LEVEL_1B_BY_FLAG: ReadonlySet<number> = new Set([0x42, 0x4d, 0x58]);

/** level_idc of level 1b in the other profiles. */
const LEVEL_IDC_1B = 9;

const LEVELS: ReadonlySet<number> = new Set([
  ...[10, 11, 12, 13, 20, 21, 22, 30, 31, 32],
  ...[40, 41, 42, 50, 51, 52, 60, 61, 62],
]);

/** profile_idc, the bits of profile-iop that matter, their values, and what that means: RFC 6184 section 8.1, table 5. */
const PROFILES: readonly (readonly [number, number, number, H264Profile])[] = [
  [0x42, 0b01001111, 0b01000000, "constrained-baseline"],
  [0x4d, 0b10001111, 0b10000000, "constrained-baseline"],
  [0x58, 0b11001111, 0b11000000, "constrained-baseline"],
  [0x42, 0b01001111, 0b00000000, "baseline"],
  [0x58, 0b11001111, 0b10000000, "baseline"],
  [0x4d, 0b10101111, 0b00000000, "main"],
  [0x58, 0b11001111, 0b00000000, "extended"],
  [0x64, 0b11111111, 0b00000000, "high"],
  [0x64, 0b11111111, 0b00001100, "constrained-high"],
  [0x6e, 0b11111111, 0b00000000, "high-10"],
  [0x7a, 0b11111111, 0b00000000, "high-4:2:2"],
  [0xf4, 0b11111111, 0b00000000, "high-4:4:4"],
  [0x6e, 0b11111111, 0b00010000, "high-10-intra"],
  [0x7a, 0b11111111, 0b00010000, "high-4:2:2-intra"],
  [0xf4, 0b11111111, 0b00010000, "high-4:4:4-intra"],
  [0x2c, 0b11111111, 0b00010000, "cavlc-4:4:4-intra"],
];

/** Which other profiles' decoders can decode what a profile has (RFC 6184 section 8.1, table 5: the constraints that streams keep to). */
const DECODED_BY: Readonly<Partial<Record<H264Profile, readonly H264Profile[]>>> = {
  "constrained-baseline": ["baseline", "main", "extended", "constrained-high", "high"],
  "baseline": ["extended"],
  "main": ["high"],
  "constrained-high": ["high"],
};

/** Whether a decoder of one profile can decode a stream of another, or of the same. */
export function decodesProfile(decoder: H264Profile, stream: H264Profile): boolean {
  return decoder === stream || DECODED_BY[stream]?.includes(decoder) === true;
}

/** What holds without the parameter: Baseline, level 1 (RFC 6184 section 8.1). */
const DEFAULT_PROFILE_LEVEL_ID = "42000a";

/**
 * Parses the value of `profile-level-id`; undefined if it is malformed, or its profile or level unknown.
 *
 * ```txt
 *  0               1               2
 * +---------------+---------------+---------------+
 * |  profile_idc  |  profile-iop  |   level_idc   |
 * +---------------+---------------+---------------+
 * ```
 */
export function parseProfileLevelId(
  value: string | undefined = DEFAULT_PROFILE_LEVEL_ID,
): H264ProfileLevel | undefined {
  if (!/^[0-9a-f]{6}$/i.test(value)) return undefined;
  const [profileIdc, profileIop, levelIdc] = bytesOf(value);
  const profile = PROFILES.find(([idc, mask, bits]) =>
    profileIdc === idc && (profileIop & mask) === bits
  )?.[3];
  const level = levelOf(profileIdc, profileIop, levelIdc);
  return profile === undefined || level === undefined ? undefined : { profile, level };
}

function bytesOf(value: string): [number, number, number] {
  const number = parseInt(value, 16);
  return [number >> 16, (number >> 8) & 0xff, number & 0xff];
}

function levelOf(profileIdc: number, profileIop: number, levelIdc: number): number | undefined {
  if (LEVEL_1B_BY_FLAG.has(profileIdc)) {
    if (levelIdc === 11 && (profileIop & CONSTRAINT_SET3) !== 0) return LEVEL_1B;
  } else if (levelIdc === LEVEL_IDC_1B) return LEVEL_1B;
  return LEVELS.has(levelIdc) ? levelIdc : undefined;
}

/**
 * The `profile-level-id` of an answer (RFC 6184 section 8.2.2): the offered profile, in the offered bytes; with our own level if the
 * levels may differ between the directions, else with the lower one. Both ids must be valid ones of the same profile.
 */
export function answerProfileLevelId(
  offered: string | undefined,
  own: string,
  asymmetryAllowed: boolean,
): string {
  const theirs = offered ?? DEFAULT_PROFILE_LEVEL_ID;
  const theirLevel = parseProfileLevelId(theirs)!.level;
  const ownLevel = parseProfileLevelId(own)!.level;
  const level = asymmetryAllowed ? ownLevel : Math.min(ownLevel, theirLevel);
  return level === theirLevel ? theirs : withLevel(theirs, level);
}

/** The same profile at a level other than 1b. */
function withLevel(value: string, level: number): string {
  const [profileIdc, profileIop] = bytesOf(value);
  const iop = LEVEL_1B_BY_FLAG.has(profileIdc) ? profileIop & ~CONSTRAINT_SET3 : profileIop;
  return [profileIdc, iop, level].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
