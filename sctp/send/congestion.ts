import type { Millis } from "../../core/stage/mod.ts";
import { LAN_WINDOW, MAX_CWND, MAX_WINDOW_PER_MS } from "../constants.ts";

/**
 * Packets that may be in flight at first.
 *
 * Deviation: RFC 9260 section 7.2.1 has four, as TCP had. Ten are what RFC 6928 section 2 made of them there, and what dcSCTP begins with:
 * a message of 10 KB takes one round trip less.
 */
const INITIAL_PACKETS = 10;

/** Slow start, congestion avoidance and fast recovery (RFC 9260 section 7.2). Sizes are in bytes. */
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

  constructor(mtu: number) {
    this.#mtu = mtu;
    this.cwnd = INITIAL_PACKETS * mtu;
  }

  /**
   * The cumulative TSN ack has moved: `acked` bytes, of which `flightBefore` were in flight.
   *
   * Deviation: RFC 9260 section 7.2.1 counts at most one or two MTUs a SACK, to avoid bursts. Bursts are bounded where packets are
   * sent (`MAX_BURST`), and a SACK for each batch of 32 would otherwise starve slow start.
   */
  acknowledged(acked: number, flightBefore: number, leastRtt: Millis | undefined): void {
    this.#timedOut = false;
    if (this.recovering) return;
    // A window that isn't used says nothing of the path (RFC 9260 section 7.2.1).
    if (flightBefore + this.#mtu <= this.cwnd) return;
    if (this.cwnd <= this.ssthresh) {
      // A SACK that tells of a whole flight at once, as after an outage, must not bring back the window that was too large.
      this.cwnd = Math.min(this.cwnd + acked, Math.max(this.ssthresh, this.cwnd + this.#mtu));
    } else {
      // RFC 9260 section 7.2.2.
      this.#partialBytesAcked += acked;
      if (this.#partialBytesAcked >= this.cwnd) {
        this.#partialBytesAcked -= this.cwnd;
        this.cwnd += this.#mtu;
      }
    }
    this.#cap = leastRtt === undefined
      ? LAN_WINDOW
      : Math.min(MAX_CWND, Math.max(LAN_WINDOW, leastRtt * MAX_WINDOW_PER_MS));
    if (this.cwnd > this.#cap) this.cwnd = this.#cap;
  }

  /** Packets were found missing (RFC 9260 section 7.2.3); `highestTsn` is the last one sent. False if that is known already. */
  enterFastRecovery(highestTsn: number): boolean {
    if (this.recovering) return false;
    this.recovering = true;
    this.#recoveryExit = highestTsn;
    this.#halve();
    this.cwnd = this.ssthresh;
    return true;
  }

  /** Ends fast recovery once everything that was in flight at its beginning is acknowledged (RFC 9260 section 7.2.4). */
  advancedTo(cumulativeTsnAck: number): void {
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
    if (!this.#timedOut) this.#halve();
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

  #halve(): void {
    this.ssthresh = Math.max(this.cwnd / 2, 4 * this.#mtu);
    this.#partialBytesAcked = 0;
  }
}
