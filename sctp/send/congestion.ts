import type { Millis } from "../../core/stage/mod.ts";
import { LAN_WINDOW, MAX_CWND, MAX_WINDOW_PER_MS } from "../constants.ts";
import { Round } from "./round.ts";

/**
 * Packets that may be in flight at first.
 *
 * Deviation: RFC 9260 section 7.2.1 has four, as TCP had. Ten are what RFC 6928 section 2 made of them there, and what dcSCTP begins with:
 * a message of 10 KB takes one round trip less.
 */
const INITIAL_PACKETS = 10;

/** The least that a loss takes, where no queue is seen: whoever shares the path gets some of it. */
const MOST_KEPT = 7 / 8;

/** In congestion avoidance, the n-th round in a row without loss or queue adds n parts of the window, of so many. */
const GROWTH_PARTS = 128;

/** The most of these parts: a quarter of the window a round. */
const MAX_GROWTH_PARTS = 32;

/** How long media that was sent counts as media that is being sent, in milliseconds. */
const MEDIA_LASTS = 1000;

/**
 * Slow start, congestion avoidance and fast recovery (RFC 9260 section 7.2). Sizes are in bytes.
 *
 * Deviation: the RFC halves the window for any loss, and adds an MTU a round trip. On a fast and long path that takes minutes to make
 * good, while a process on a busy machine loses some packets each time it stands still for longer than its kernel's buffer lasts, which
 * is 3 ms at 300 Mb/s. With a round trip of 50 ms and stalls of 8 ms each 300 ms, 2 MB/s of 35 were left in virtual time, and 3 to 5 on a
 * real machine; now 30, and 23. What tells one loss from the other is the round-trip time: where it tells of a queue, all is as in the
 * RFC. Where not, a loss takes no more than an eighth, and growth gathers pace round by round. (TCP knows both, as YeAH and Compound.)
 */
export class CongestionControl {
  /** Bytes that may be in flight. */
  cwnd: number;
  /** Where slow start ends. */
  ssthresh = Infinity;
  /** Whether fast recovery is going on. */
  recovering = false;
  readonly #mtu: number;
  #partialBytesAcked = 0;
  /** Whether T3-rtx has expired since anything was acknowledged. */
  #timedOut = false;
  #recoveryExit = 0;
  #cap = LAN_WINDOW;
  readonly #round: Round;
  /** Rounds in a row that used the window, lost nothing, and saw no queue. */
  #cleanRounds = 0;
  #usedThisRound = false;
  #mediaSentAt: Millis = -Infinity;

  constructor(mtu: number, initialTsn: number) {
    this.#mtu = mtu;
    this.#round = new Round(initialTsn);
    this.cwnd = INITIAL_PACKETS * mtu;
  }

  /** Whether the window doubles with each round trip; at ssthresh itself, either may be (RFC 5681 section 3.1). */
  get slowStart(): boolean {
    return this.cwnd < this.ssthresh;
  }

  /** Takes a round-trip time, and the least of all, in milliseconds. */
  measured(rtt: Millis, leastRtt: Millis): void {
    this.#round.measure(rtt, leastRtt);
    this.#cap = Math.min(MAX_CWND, Math.max(LAN_WINDOW, leastRtt * MAX_WINDOW_PER_MS));
    if (this.#round.queues) this.#cleanRounds = 0;
  }

  /**
   * The cumulative TSN ack has moved: `acked` bytes, of which `flightBefore` were in flight.
   *
   * Deviation: RFC 9260 section 7.2.1 counts at most one or two MTUs a SACK, to avoid bursts. Bursts are bounded where packets are
   * sent (`MAX_BURST`), and a SACK for each batch of 32 would otherwise starve slow start.
   */
  acknowledged(acked: number, flightBefore: number): void {
    this.#timedOut = false;
    if (this.recovering) return;
    // A window that isn't used says nothing of the path (RFC 9260 section 7.2.1). While it doubles, pacing doesn't fill it at once.
    if (flightBefore + this.#mtu <= (this.slowStart ? this.cwnd / 2 : this.cwnd)) return;
    this.#usedThisRound = true;
    if (this.slowStart && !this.#fillsPath) {
      // A SACK that tells of a whole flight at once, as after an outage, must not bring back the window that was too large.
      this.cwnd = Math.min(this.cwnd + acked, Math.max(this.ssthresh, this.cwnd + this.#mtu));
    } else {
      // RFC 9260 section 7.2.2.
      this.#partialBytesAcked += acked;
      if (this.#partialBytesAcked >= this.cwnd) {
        this.#partialBytesAcked -= this.cwnd;
        this.cwnd += this.#mtu;
      }
      // So many parts of what is acknowledged, each time, are the same parts of the window a round.
      this.cwnd += acked * Math.min(this.#cleanRounds, MAX_GROWTH_PARTS) / GROWTH_PARTS;
    }
    if (this.cwnd > this.#cap) this.cwnd = this.#cap;
  }

  /** Packets were found missing (RFC 9260 section 7.2.3); `highestTsn` is the last one sent. False if that is known already. */
  enterFastRecovery(highestTsn: number): boolean {
    if (this.recovering) return false;
    this.recovering = true;
    this.#recoveryExit = highestTsn;
    // In slow start half of the window is what it was a round trip ago, and that has arrived.
    const { slowStart } = this;
    this.#reduce(slowStart ? 1 / 2 : Math.max(1 / 2, Math.min(this.#round.pathShare, MOST_KEPT)));
    this.cwnd = this.ssthresh;
    return true;
  }

  /**
   * The cumulative TSN ack has moved; `highestTsn` is the last one sent. Fast recovery ends once everything that was in flight at its
   * beginning is acknowledged (RFC 9260 section 7.2.4).
   */
  advancedTo(cumulativeTsnAck: number, highestTsn: number, now: Millis): void {
    if (this.#round.advancedTo(cumulativeTsnAck, highestTsn)) this.#roundOver(now);
    if (this.recovering && ((cumulativeTsnAck - this.#recoveryExit) | 0) >= 0) {
      this.recovering = false;
    }
  }

  /**
   * T3-rtx has expired.
   *
   * Deviation: RFC 9260 section 7.2.3 goes down to one packet, whose own loss nothing but T3-rtx can tell. Four packets bring SACKs that
   * tell; at 30% loss that is the difference between a packet a second and a packet a round trip. And of timeouts in a row only the
   * first tells of congestion (RFC 5681 section 3.1): an outage would else leave ssthresh at four packets, and seconds of slow growth.
   */
  timedOut(): void {
    if (!this.#timedOut) this.#reduce(1 / 2);
    this.#timedOut = true;
    this.cwnd = 4 * this.#mtu;
    this.recovering = false;
  }

  /**
   * Nothing was sent for so long (RFC 9260 section 7.2.1): the window is what the path bore then, not now. It shrinks down to what a path
   * that nothing is known of gets (RFC 5681 section 4.1).
   */
  idle(duration: Millis, rto: Millis): void {
    const least = INITIAL_PACKETS * this.#mtu;
    for (let left = duration; left > rto && this.cwnd > least; left -= rto) {
      this.cwnd = Math.max(this.cwnd / 2, least);
    }
  }

  /**
   * Media was sent the same way. Its own congestion control gives way to any queue that grows, and would be left with next to nothing by
   * one that fills queues: of 2 Mb/s with a queue of 100 ms, 30 kb/s after half a minute. So as long as there is media, data takes out
   * again what it has put into a queue, and both go on: with 1.2 Mb/s of video, 0.7 Mb/s of data.
   */
  mediaSent(now: Millis): void {
    this.#mediaSentAt = now;
  }

  #roundOver(now: Millis): void {
    if (this.#usedThisRound && !this.recovering && !this.#round.queues) this.#cleanRounds++;
    this.#usedThisRound = false;
    if (this.#fillsPath) this.ssthresh = this.cwnd;
    if (now - this.#mediaSentAt < MEDIA_LASTS) this.#leaveQueue(this.#round.shareBesideStanding);
  }

  #leaveQueue(kept: number): void {
    if (this.recovering || kept === 1) return;
    this.#reduce(Math.max(1 / 2, kept));
    this.cwnd = this.ssthresh;
  }

  /** Whether the first slow start has found the path's end: it goes no further, before the queue overflows (RFC 9406 section 4.2). */
  get #fillsPath(): boolean {
    return this.ssthresh === Infinity && this.#round.queues;
  }

  #reduce(kept: number): void {
    this.ssthresh = Math.max(this.cwnd * kept, 4 * this.#mtu);
    this.#partialBytesAcked = 0;
    this.#cleanRounds = 0;
  }
}
