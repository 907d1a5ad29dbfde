/** How long a receiver may hold frames back. Defined by libwebrtc. */
export const PLAYOUT_DELAY_URI = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";

/** The longest delay that can be said, in milliseconds. */
export const MAX_PLAYOUT_DELAY = 40_950;

/** Bounds of the delay between capture and rendering, in milliseconds, in steps of 10. */
export interface PlayoutDelay {
  /** Wait at least so long. */
  readonly min: number;
  /** Wait at most so long. */
  readonly max: number;
}

/**
 * Reads a playout delay; undefined if it has the wrong size or ends before it begins.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  ID   | len=2 |       MIN delay       |       MAX delay       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function parsePlayoutDelay(data: Uint8Array): PlayoutDelay | undefined {
  if (data.length !== 3) return undefined;
  const min = data[0]! << 4 | data[1]! >> 4;
  const max = (data[1]! & 0x0f) << 8 | data[2]!;
  return min <= max ? { min: 10 * min, max: 10 * max } : undefined;
}

/** Writes a playout delay, rounded to 10 ms and at most 40.95 s. */
export function writePlayoutDelay(delay: PlayoutDelay): Uint8Array<ArrayBuffer> {
  const min = units(delay.min);
  const max = Math.max(min, units(delay.max));
  return Uint8Array.of(min >> 4, (min & 0x0f) << 4 | max >> 8, max);
}

function units(millis: number): number {
  return Math.round(Math.min(Math.max(millis, 0), MAX_PLAYOUT_DELAY) / 10);
}
