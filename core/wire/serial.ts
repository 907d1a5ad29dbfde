/**
 * Serial number arithmetic (RFC 1982) for 32-bit and 16-bit counters that wrap: TSN, SSN, RTP sequence numbers.
 *
 * @module
 */

/** `a + n` modulo 2^32. */
export function add32(a: number, n: number): number {
  return (a + n) >>> 0;
}

/** How far `a` is ahead of `b`, from -2^31 to 2^31 - 1. */
export function diff32(a: number, b: number): number {
  return (a - b) | 0;
}

/** Whether `a` comes before `b` (RFC 1982 section 3.2). */
export function less32(a: number, b: number): boolean {
  return diff32(a, b) < 0;
}

/** Whether `a` comes before `b` or equals it. */
export function lessOrEqual32(a: number, b: number): boolean {
  return diff32(a, b) <= 0;
}

/** `a + n` modulo 2^16. */
export function add16(a: number, n: number): number {
  return (a + n) & 0xffff;
}

/** How far `a` is ahead of `b`, from -2^15 to 2^15 - 1. */
export function diff16(a: number, b: number): number {
  return ((a - b) << 16) >> 16;
}
