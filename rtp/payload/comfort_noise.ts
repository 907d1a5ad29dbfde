/** Background noise for the time in which no one speaks (RFC 3389). */
export interface ComfortNoise {
  /** Below full scale, from 0 (loudest) to 127, in decibels: -dBov. */
  readonly level: number;
  /** Reflection coefficients of its spectrum, from -1 to 1: as many as the sender cares for. */
  readonly reflectionCoefficients: readonly number[];
}

/** The highest order of the filter that is taken. RFC 3389 section 3 has no limit, and no codec uses more than 12. */
const MAX_COEFFICIENTS = 32;

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
  // RFC 3389 section 3.2: a coefficient is (N - 127) / 128.
  const reflectionCoefficients = Array.from(payload.subarray(1), (byte) => (byte - 127) / 128);
  return { level: level & 0x7f, reflectionCoefficients };
}

/** Writes comfort noise. */
export function writeComfortNoise(noise: ComfortNoise): Uint8Array<ArrayBuffer> {
  const { level, reflectionCoefficients } = noise;
  const bytes = reflectionCoefficients.map((k) =>
    Math.min(Math.max(Math.round(k * 128 + 127), 0), 254)
  );
  return Uint8Array.of(Math.min(Math.max(level, 0), 127), ...bytes);
}
