import { assert } from "@std/assert";
import type { ArrivedPacket } from "../../../rtp/congestion/packet_result.ts";

/** A packet that arrived. */
export function arrived(
  sentAt: number,
  receivedAt: number,
  size = 1200,
  cluster = 0,
): ArrivedPacket {
  return { size, sentAt, received: true, receivedAt, cluster };
}

/** That a number is within `tolerance` of another. */
export function assertNear(actual: number, expected: number, tolerance: number): void {
  assert(Math.abs(actual - expected) <= tolerance, `${actual}, not ${expected} ± ${tolerance}`);
}
