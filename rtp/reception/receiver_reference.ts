import type { Millis } from "../../core/stage/mod.ts";
import {
  compactNtp,
  type DelaySinceLastReceiverReport,
  type DlrrReport,
  type ExtendedReport,
} from "../rtcp/mod.ts";
import type { NtpClock } from "./ntp_clock.ts";
import { delayUnits, RoundTrip, roundTripOf } from "./round_trip.ts";

/** Receivers that are answered; each SSRC of a peer can be one. The one that has been silent longest makes room. */
export const MAX_REFERENCE_RECEIVERS = 32;

interface Reference {
  readonly compact: number;
  readonly arrival: Millis;
}

/**
 * Measures the round trip of who sends no media, by receiver reference times and their answers (RFC 3611 sections 4.4 and 4.5): both the
 * one who asks and the one who answers.
 */
export class ReceiverReference {
  /** The round trip to whoever answered. */
  readonly roundTrip: RoundTrip = new RoundTrip();
  readonly #ssrc: number;
  readonly #clock: NtpClock;
  readonly #references = new Map<number, Reference>();
  #asked: Millis | undefined;

  /** `ssrc` is our own, under which we ask. */
  constructor(ssrc: number, clock: NtpClock) {
    this.#ssrc = ssrc;
    this.#clock = clock;
  }

  /** How many receivers wait for an answer. */
  get size(): number {
    return this.#references.size;
  }

  /** Asks. */
  ask(now: Millis): ExtendedReport {
    this.#asked ??= now;
    const ntpTimestamp = this.#clock.at(now);
    return { type: "XR", ssrc: this.#ssrc, blocks: [{ type: "RRTR", ntpTimestamp }] };
  }

  /** Takes what a peer asks or answers. */
  receive(report: ExtendedReport, now: Millis): void {
    for (const block of report.blocks) {
      if (block.type === "RRTR") this.#refer(report.ssrc, compactNtp(block.ntpTimestamp), now);
      else if (block.type === "DLRR") this.#measure(block, now);
    }
  }

  /** The answers to all who asked since the last time; undefined if no one did. Each question is answered once. */
  answer(now: Millis): ExtendedReport | undefined {
    if (this.#references.size === 0) return undefined;
    const reports: DlrrReport[] = [];
    for (const [ssrc, { compact, arrival }] of this.#references) {
      const delaySinceLastReceiverReport = delayUnits(now - arrival);
      reports.push({ ssrc, lastReceiverReport: compact, delaySinceLastReceiverReport });
    }
    this.#references.clear();
    return { type: "XR", ssrc: this.#ssrc, blocks: [{ type: "DLRR", reports }] };
  }

  #refer(ssrc: number, compact: number, arrival: Millis): void {
    this.#references.delete(ssrc);
    if (this.#references.size === MAX_REFERENCE_RECEIVERS) {
      for (const oldest of this.#references.keys()) {
        this.#references.delete(oldest);
        break;
      }
    }
    this.#references.set(ssrc, { compact, arrival });
  }

  #measure({ reports }: DelaySinceLastReceiverReport, now: Millis): void {
    if (this.#asked === undefined) return;
    const arrival = this.#clock.compact(now);
    const mine = reports.find(({ ssrc }) => ssrc === this.#ssrc);
    if (mine === undefined) return;
    const { lastReceiverReport, delaySinceLastReceiverReport } = mine;
    const millis = roundTripOf(arrival, lastReceiverReport, delaySinceLastReceiverReport);
    // An answer to what was asked before the first question is none.
    if (millis !== undefined && millis <= now - this.#asked + 1) this.roundTrip.add(millis);
  }
}
