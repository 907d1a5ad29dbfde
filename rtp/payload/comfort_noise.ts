/** Background noise for the time in which no one speaks (RFC 3389). */
export interface ComfortNoise {
  /** Below full scale, from 0 (loudest) to 127, in decibels: -dBov. */
  readonly level: number;
  /** Reflection coefficients of its spectrum, from -1 to 1: as many as the sender cares for. */
  readonly reflectionCoefficients: readonly number[];
}

/** The highest order of the filter that is taken. RFC 3389 section 3 has no limit, and no codec uses more than 12. */
const MAX_COEFFICIENTS = 32;

/** RFC 3389 section 3.2: the index N of a coefficient is from 0 to 254, and 127 is zero. */
const ZERO = 127;
const MAX_INDEX = 254;
const STEP = 258 / 32768;

/**
 * Reads comfort noise; undefined if it is empty or has more than 32 coefficients.
 *
 * ```text
 *  0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+
 * |0|   level     |
 * +-+-+-+-+-+-+-+-+
 * |      N1       |
 * +-+-+-+-+-+-+-+-+
 * /      ...      /
 * ```
 */
export function parseComfortNoise(payload: Uint8Array): ComfortNoise | undefined {
  const level = payload[0];
  if (level === undefined || payload.length > 1 + MAX_COEFFICIENTS) return undefined;
  const reflectionCoefficients = Array.from(payload.subarray(1), coefficientOf);
  return { level: level & 0x7f, reflectionCoefficients };
}

/** Writes comfort noise. */
export function writeComfortNoise(noise: ComfortNoise): Uint8Array<ArrayBuffer> {
  const { level, reflectionCoefficients } = noise;
  return Uint8Array.of(Math.min(Math.max(level, 0), 127), ...reflectionCoefficients.map(indexOf));
}

function coefficientOf(index: number): number {
  return (Math.min(index, MAX_INDEX) - ZERO) * STEP;
}

function indexOf(coefficient: number): number {
  return Math.min(Math.max(Math.round(coefficient / STEP) + ZERO, 0), MAX_INDEX);
}
