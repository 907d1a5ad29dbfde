import type { Millis } from "../../core/stage/mod.ts";

/** A longer round trip than this is a report that lies, or one about a report from long ago. */
export const MAX_ROUND_TRIP: Millis = 30_000;

/** Share of a new measurement in the smoothed round trip, as RFC 6298 section 2 has it for TCP. */
const SMOOTHING = 1 / 8;

/** Units of a compact NTP timestamp and of DLSR in a millisecond. */
const UNITS_PER_MILLI = 65.536;

/**
 * The round trip of a report that came back: A - LSR - DLSR (RFC 3550 section 6.4.1; RFC 3611 section 4.5 has the same for receivers).
 * All are in 1/65536 s. Undefined if nothing came back, or what did can't be true.
 *
 * @example
 * ```ts
 * import { roundTripOf } from "@heron/webrtc/rtp";
 * import { assertEquals } from "@std/assert";
 *
 * // The example of RFC 3550 section 6.4.1: received at 46864.500 s, sent at 46853.125 s, held for 5.250 s.
 * assertEquals(roundTripOf(0xb710_8000, 0xb705_2000, 0x0005_4000), 6125);
 * assertEquals(roundTripOf(0xb710_8000, 0, 0x0005_4000), undefined);
 * ```
 */
export function roundTripOf(
  arrival: number,
  lastReport: number,
  delaySinceLastReport: number,
): Millis | undefined {
  if (lastReport === 0) return undefined;
  const units = (arrival - lastReport - delaySinceLastReport) | 0;
  // The clocks of both sides tick in different steps, so that a round trip of almost nothing can come out negative.
  if (units < 0) return units > -UNITS_PER_MILLI ? 0 : undefined;
  const millis = units / UNITS_PER_MILLI;
  return millis <= MAX_ROUND_TRIP ? millis : undefined;
}

/** Time since a report, as DLSR has it: in 1/65536 s, 0 to 2^32 - 1. */
export function delayUnits(delay: Millis): number {
  return Math.min(Math.max(Math.round(delay * UNITS_PER_MILLI), 0), 0xffff_ffff);
}

/** What is known of a round trip. */
export class RoundTrip {
  #latest: Millis | undefined;
  #smoothed: Millis | undefined;
  #total: Millis = 0;
  #count = 0;

  /** The last measurement. */
  get latest(): Millis | undefined {
    return this.#latest;
  }

  /** The smoothed round trip. */
  get smoothed(): Millis | undefined {
    return this.#smoothed;
  }

  /** The sum of all measurements. */
  get total(): Millis {
    return this.#total;
  }

  /** How many measurements there were. */
  get count(): number {
    return this.#count;
  }

  /** Takes a measurement. */
  add(millis: Millis): void {
    this.#latest = millis;
    this.#smoothed = this.#smoothed === undefined
      ? millis
      : this.#smoothed + (millis - this.#smoothed) * SMOOTHING;
    this.#total += millis;
    this.#count++;
  }
}
