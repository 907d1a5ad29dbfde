import type { Millis } from "../../core/stage/mod.ts";

/** What is known of one sent packet once feedback has come. */
export interface PacketResult {
  /** Bytes on the wire, as its sender counted them. */
  readonly size: number;
  /** When it left, on our clock. */
  readonly sentAt: Millis;
  /** Whether it arrived. */
  readonly received: boolean;
  /** When it arrived, on the receiver's clock; undefined if it did not, or the receiver did not say. */
  readonly receivedAt: Millis | undefined;
  /** The probe that it was sent for; 0 if none. */
  readonly cluster: number;
  /** Whether it was taken for lost before. */
  readonly wasLost?: boolean;
}

/** A packet that is known to have arrived, and when. */
export type ArrivedPacket = PacketResult & { readonly receivedAt: Millis };

/** Those whose arrival time is known, earliest first: the order in which the bottleneck let them through. */
export function inOrderOfArrival(results: readonly PacketResult[]): ArrivedPacket[] {
  const arrived = results.filter((result) => result.receivedAt !== undefined) as ArrivedPacket[];
  for (let i = 1; i < arrived.length; i++) {
    if (arrived[i]!.receivedAt < arrived[i - 1]!.receivedAt) {
      return arrived.sort((a, b) => a.receivedAt - b.receivedAt);
    }
  }
  return arrived;
}
