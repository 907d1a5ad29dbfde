import { Discards, type Millis } from "../../core/stage/mod.ts";
import { add16, diff16 } from "../../core/wire/mod.ts";
import { type NtpClock, RoundTrip, roundTripOf } from "../reception/mod.ts";
import type { ReportBlock } from "../rtcp/mod.ts";
import type { SendStream } from "./send_stream.ts";

/** Why a report block was dropped, or part of it. */
export type RemoteInboundDiscard =
  /** It is about another source. */
  | "alien source"
  /** It is about packets that were never sent. */
  | "never sent"
  /** It claims to have lost more packets than were sent. */
  | "impossible loss"
  /** Its round trip is negative or beyond all reason; the rest of it counts. */
  | "impossible round trip";

/** What the other side says of how a stream of ours arrives there (RFC 3550 section 6.4.4), as far as it can be true. */
export class RemoteInbound {
  /** What was dropped. */
  readonly discards: Discards<RemoteInboundDiscard> = new Discards();
  /** The round trip by LSR and DLSR. */
  readonly roundTrip: RoundTrip = new RoundTrip();
  readonly #stream: SendStream;
  readonly #clock: NtpClock;
  #report: ReportBlock | undefined;
  #reportedAt: Millis = 0;
  #received = 0;
  /** Packets that were numbered before: a source may go on after a while in which it had ended. */
  readonly #before: number;

  /** What is said of `stream`; `clock` is that of its sender reports. */
  constructor(stream: SendStream, clock: NtpClock) {
    this.#stream = stream;
    this.#clock = clock;
    this.#before = stream.numberedCount;
  }

  /** The last report. */
  get report(): ReportBlock | undefined {
    return this.#report;
  }

  /** When the last report came. */
  get reportedAt(): Millis {
    return this.#reportedAt;
  }

  /** Packets that arrived there by then: all up to the highest that it knew, but for those that were lost (RFC 3550 appendix A.3). */
  get packetsReceived(): number {
    return this.#received;
  }

  /** Packets that were lost so far, less duplicates. */
  get packetsLost(): number {
    return this.#report?.cumulativeLost ?? 0;
  }

  /** Share of packets that were lost between the last two reports, from 0 to 1. */
  get fractionLost(): number {
    return (this.#report?.fractionLost ?? 0) / 256;
  }

  /** Jitter there, in milliseconds. */
  get jitter(): Millis {
    return (this.#report?.jitter ?? 0) * 1000 / this.#stream.clockRate;
  }

  /** Takes a report block. Returns whether it counts. */
  receive(report: ReportBlock, now: Millis): boolean {
    const reason = this.#doubt(report);
    if (reason !== undefined) {
      this.discards.add(reason);
      return false;
    }
    this.#report = report;
    this.#reportedAt = now;
    this.#received = Math.max(
      0,
      this.#stream.numberedCount - this.#before - this.#behind(report) - report.cumulativeLost,
    );
    const { lastSenderReport, delaySinceLastSenderReport } = report;
    if (lastSenderReport === 0) return true;
    const arrival = this.#clock.compact(now);
    const millis = roundTripOf(arrival, lastSenderReport, delaySinceLastSenderReport);
    if (millis === undefined) this.discards.add("impossible round trip");
    else this.roundTrip.add(millis);
    return true;
  }

  #doubt(report: ReportBlock): RemoteInboundDiscard | undefined {
    const { ssrc, numberedCount } = this.#stream;
    if (report.ssrc !== ssrc) return "alien source";
    const behind = this.#behind(report);
    // Below 2^15 packets the distance says how many were sent since; from there on any number may have been.
    if (behind < 0 || behind >= numberedCount) return "never sent";
    if (report.cumulativeLost > numberedCount) return "impossible loss";
    return undefined;
  }

  /** How many packets have been numbered since the highest that the other side knew. */
  #behind({ highestSequence }: ReportBlock): number {
    return diff16(add16(this.#stream.nextSequenceNumber, -1), highestSequence & 0xffff);
  }
}
