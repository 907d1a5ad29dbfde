import type { Millis } from "../../core/stage/mod.ts";

/** Share of the RTCP bandwidth for senders, while they are at most this share of all members (RFC 3550 section 6.2). */
export const SENDER_BANDWIDTH_FRACTION = 0.25;

/** Timer reconsideration makes intervals shorter than meant, by e - 3/2 (RFC 3550 section 6.3.1). */
export const COMPENSATION: number = Math.E - 1.5;

/** What the interval between RTCP packets depends on. */
export interface IntervalParameters {
  /** Sources in the session, our own among them. */
  readonly members: number;
  /** Those that send media. */
  readonly senders: number;
  /** Whether we are one. */
  readonly weSent: boolean;
  /** For RTCP of all members together, in bits per second. */
  readonly bandwidth: number;
  /** Average size of RTCP packets with their IP and UDP headers, in bytes. */
  readonly averageSize: number;
  /** No interval is meant to be shorter: Tmin. */
  readonly minimum: Millis;
}

/** Td, the interval before it is randomised (RFC 3550 section 6.3.1). */
export function deterministicInterval(parameters: IntervalParameters): Millis {
  const { members, senders, weSent, averageSize, minimum } = parameters;
  let bandwidth = parameters.bandwidth;
  let n = members;
  if (senders <= members * SENDER_BANDWIDTH_FRACTION) {
    bandwidth *= weSent ? SENDER_BANDWIDTH_FRACTION : 1 - SENDER_BANDWIDTH_FRACTION;
    n = weSent ? senders : members - senders;
  }
  return Math.max(averageSize * 8 * n * 1000 / bandwidth, minimum);
}

/** T, the interval itself; `fraction` is from 0 to 1, at random (RFC 3550 section 6.3.1). */
export function randomInterval(deterministic: Millis, fraction: number): Millis {
  return deterministic * (0.5 + fraction) / COMPENSATION;
}
