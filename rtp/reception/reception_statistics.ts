import type { Millis } from "../../core/stage/mod.ts";
import { compactNtp, type ReportBlock, type SenderReport } from "../rtcp/mod.ts";
import { InterarrivalJitter } from "./interarrival_jitter.ts";
import { delayUnits } from "./round_trip.ts";
import { SourceSequence } from "./source_sequence.ts";

/** What counts of a packet. */
export interface ReceivedPacket {
  /** Sequence number, 16 bits. */
  readonly sequenceNumber: number;
  /** RTP timestamp, 32 bits. */
  readonly timestamp: number;
}

/** What is to be known of the last sender report. */
export interface RemoteClock {
  /** Wall clock of the sender, in units of 2^-32 s since 1900. */
  readonly ntpTimestamp: bigint;
  /** The same moment on its RTP clock. */
  readonly rtpTimestamp: number;
  /** When it arrived. */
  readonly arrival: Millis;
}

/** How the packets of one source arrive, as report blocks say it (RFC 3550 section 6.4.1). A handful of numbers, whatever arrives. */
export class ReceptionStatistics {
  /** The source. */
  readonly ssrc: number;
  /** Its sequence numbers. */
  readonly sequence: SourceSequence;
  /** Its jitter. */
  readonly jitter: InterarrivalJitter;
  #remoteClock: RemoteClock | undefined;
  #expectedPrior = 0;
  #receivedPrior = 0;
  #lostBeforeRestart = 0;
  #restarts = 0;

  /** `clockRate` in Hz; `minSequential` is that of {@linkcode SourceSequence}. */
  constructor(ssrc: number, clockRate: number, minSequential?: number) {
    this.ssrc = ssrc;
    this.sequence = new SourceSequence(minSequential);
    this.jitter = new InterarrivalJitter(clockRate);
  }

  /** Packets that were lost so far, less duplicates; so it can be negative (RFC 3550 section 6.4.1). */
  get lost(): number {
    return this.#lostBeforeRestart + this.sequence.expected - this.sequence.received;
  }

  /** The last sender report, which ties the RTP clock to the wall clock. */
  get remoteClock(): RemoteClock | undefined {
    return this.#remoteClock;
  }

  /** Takes a packet of the source, but no retransmission. Returns its extended sequence number; undefined if it is not valid. */
  receive(packet: ReceivedPacket, now: Millis): number | undefined {
    const lost = this.lost;
    const extended = this.sequence.update(packet.sequenceNumber);
    if (extended === undefined) return undefined;
    if (this.sequence.restarts !== this.#restarts) this.#restart(lost);
    this.jitter.update(packet.timestamp, now);
    return extended;
  }

  /** Takes a sender report of the source. */
  reported({ ntpTimestamp, rtpTimestamp }: SenderReport, now: Millis): void {
    this.#remoteClock = { ntpTimestamp, rtpTimestamp, arrival: now };
  }

  /** The next report block; undefined if nothing valid has arrived since the last (RFC 3550 section 6.4). */
  report(now: Millis): ReportBlock | undefined {
    const { expected, received } = this.sequence;
    if (!this.sequence.valid || received === this.#receivedPrior) return undefined;
    const clock = this.#remoteClock;
    return {
      ssrc: this.ssrc,
      fractionLost: this.#fractionLost(expected, received),
      cumulativeLost: this.lost,
      highestSequence: (this.sequence.highest - 0x10000) >>> 0,
      jitter: Math.floor(this.jitter.value) >>> 0,
      lastSenderReport: clock === undefined ? 0 : compactNtp(clock.ntpTimestamp),
      delaySinceLastSenderReport: clock === undefined ? 0 : delayUnits(now - clock.arrival),
    };
  }

  /** RFC 3550 appendix A.3. */
  #fractionLost(expected: number, received: number): number {
    const expectedInterval = expected - this.#expectedPrior;
    const lostInterval = expectedInterval - (received - this.#receivedPrior);
    this.#expectedPrior = expected;
    this.#receivedPrior = received;
    if (expectedInterval <= 0 || lostInterval <= 0) return 0;
    return Math.min(Math.floor(256 * lostInterval / expectedInterval), 255);
  }

  #restart(lost: number): void {
    this.#restarts = this.sequence.restarts;
    this.#lostBeforeRestart = lost;
    this.#expectedPrior = 0;
    this.#receivedPrior = 0;
  }
}
