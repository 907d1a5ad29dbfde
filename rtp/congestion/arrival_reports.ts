import type { PacketResult } from "./packet_result.ts";

/** The two bits of a report (RFC 8888 section 3.1), as in the IP header (RFC 3168 section 5). */
const Ecn = { ECT1: 0b01, CE: 0b11 } as const;

/** What RFC 8888 reports have said of the packets of one stream of ours. */
export interface ArrivalReports {
  /** Packets that a report has called lost. */
  readonly lost: number;
  /** Those of them that a later one has told of as arrived. */
  readonly recovered: number;
  /** Packets that arrived marked ECT(1). */
  readonly ect1: number;
  /** Packets that arrived marked CE. */
  readonly ce: number;
}

/** Counts each packet once, however many reports tell of it. */
export class ArrivalCounts implements ArrivalReports {
  lost = 0;
  recovered = 0;
  ect1 = 0;
  ce = 0;

  /** Something new is known of a packet. */
  count({ received, wasLost }: PacketResult, ecn: number): void {
    if (!received) return void this.lost++;
    if (wasLost) this.recovered++;
    if (ecn === Ecn.ECT1) this.ect1++;
    else if (ecn === Ecn.CE) this.ce++;
  }
}
