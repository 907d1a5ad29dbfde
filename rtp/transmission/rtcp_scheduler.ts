import type { CryptoProvider } from "../../core/crypto/provider.ts";
import type { Millis } from "../../core/stage/mod.ts";
import { MemberTable } from "./member_table.ts";
import { deterministicInterval, randomInterval } from "./rtcp_interval.ts";

/** For RTCP of both sides together, in bits per second: 5% of a megabit (RFC 3550 section 6.2), until the session's is known. */
export const DEFAULT_RTCP_BANDWIDTH = 50_000;

/** No less, or a peer that allows us nothing would be told nothing. */
const MIN_RTCP_BANDWIDTH = 1000;

/** The least time between regular reports, by default: what browsers do for video. */
export const DEFAULT_REPORT_INTERVAL: Millis = 1000;

/** Tmin for finding out who is gone, since others may keep to it (RFC 3550 section 6.3.5, RFC 8108 section 7.1). */
const TIMEOUT_TMIN: Millis = 5000;

/** Intervals after which a silent member is gone (RFC 3550 section 6.2.1), and one that sends no media is no sender (section 6.3.5). */
const TIMEOUT_INTERVALS = 5;
const SENDER_INTERVALS = 2;

/** What RTCP packets have around them: IP, UDP, and a tag of SRTCP with its index. */
const PACKET_OVERHEAD = 28 + 14;

/** Guess at the size of our first packet (RFC 3550 section 6.3.2). */
const INITIAL_SIZE = 100;

/** What may be sent: a compound with reports and all feedback there is, or as little as possible besides the feedback. */
export type RtcpOccasion = "regular" | "early";

/** How a {@linkcode RtcpScheduler} can be made otherwise. */
export interface RtcpSchedulerOptions {
  /** For RTCP of all members together, in bits per second. */
  readonly bandwidth?: number;
  /** T_rr_interval: the least time between regular reports. */
  readonly reportInterval?: Millis;
}

/**
 * Says when to send RTCP: regular reports by RFC 3550 section 6.3, feedback as soon as RFC 4585 section 3.5 has it. The session has two
 * sides, so that feedback is never dithered (RFC 4585 section 3.5.2: T_dither_max is 0).
 *
 * Whenever {@linkcode RtcpScheduler.take} gives an occasion, something has to be sent, and told to {@linkcode RtcpScheduler.sent}.
 *
 * @example
 * ```ts
 * import { RtcpScheduler } from "@heron/webrtc/rtp";
 * import { nodeProvider } from "@heron/webrtc/core";
 * import { assertEquals } from "@std/assert";
 *
 * const scheduler = new RtcpScheduler(nodeProvider);
 * scheduler.start(0);
 * assertEquals(scheduler.take(0), undefined);
 * scheduler.requestFeedback(10); // a packet is missing
 * assertEquals(scheduler.take(10), "early");
 * ```
 */
export class RtcpScheduler {
  /** Who else is there. */
  readonly members: MemberTable = new MemberTable();
  readonly #crypto: CryptoProvider;
  readonly #reportInterval: Millis;
  readonly #bandwidth: number;
  #averageSize = INITIAL_SIZE + PACKET_OVERHEAD;
  /** tp and tn of RFC 3550 section 6.3: when RTCP was, and will be sent. */
  #last: Millis = 0;
  #next: Millis | undefined;
  /** T_rr of RFC 4585 section 3.4. */
  #interval: Millis = 0;
  #pmembers = 1;
  #allowEarly = true;
  #feedback = false;
  /** T_rr_last and T_rr_current_interval of RFC 4585 section 3.5.3. */
  #lastRegular: Millis | undefined;
  #currentReportInterval: Millis = 0;
  #mediaSent: Millis | undefined;

  /** Nothing is due before {@linkcode RtcpScheduler.start}. */
  constructor(crypto: CryptoProvider, options: RtcpSchedulerOptions = {}) {
    this.#crypto = crypto;
    this.#reportInterval = options.reportInterval ?? DEFAULT_REPORT_INTERVAL;
    this.#bandwidth = Math.max(options.bandwidth ?? DEFAULT_RTCP_BANDWIDTH, MIN_RTCP_BANDWIDTH);
  }

  /** When {@linkcode RtcpScheduler.take} wants to be called. */
  get nextTimeout(): Millis | undefined {
    const next = this.#next;
    if (next === undefined) return undefined;
    if (this.#feedback) return this.#allowEarly ? 0 : next;
    // What RFC 4585 section 3.5.3 would suppress needs no timer.
    return Math.max(next, this.#regularFrom);
  }

  /** The session begins (RFC 3550 section 6.3.2). */
  start(now: Millis): void {
    if (this.#next !== undefined) return;
    this.#last = now;
    this.#next = now + this.#drawInterval();
  }

  /** The session ends. */
  stop(): void {
    this.#next = undefined;
  }

  /** We send media. */
  mediaSent(now: Millis): void {
    this.#mediaSent = now;
  }

  /** RTCP has arrived: a datagram of so many bytes, of this source (RFC 3550 section 6.3.3). */
  received(ssrc: number, size: number, now: Millis): void {
    this.members.heard(ssrc, now, false);
    this.#count(size);
  }

  /** Media of this source has arrived. */
  mediaReceived(ssrc: number, now: Millis): void {
    this.members.heard(ssrc, now, true);
  }

  /** A source has said goodbye: the others may send sooner (RFC 3550 section 6.3.4, reverse reconsideration). */
  left(ssrc: number, now: Millis): void {
    const next = this.#next;
    if (!this.members.leave(ssrc) || next === undefined || this.#memberCount >= this.#pmembers) {
      return;
    }
    const share = this.#memberCount / this.#pmembers;
    this.#next = now + share * Math.max(next - now, 0);
    this.#last = now - share * (now - this.#last);
    this.#pmembers = this.#memberCount;
  }

  /** There is feedback to be sent: NACK, PLI, arrival times. */
  requestFeedback(now: Millis): void {
    this.#skip(now);
    this.#feedback = true;
  }

  /** What has to be sent now. */
  take(now: Millis): RtcpOccasion | undefined {
    const next = this.#next;
    if (next === undefined) return undefined;
    if (now < next) return this.#feedback && this.#allowEarly ? this.#early() : undefined;
    this.#expire(now);
    const interval = this.#drawInterval();
    this.#pmembers = this.#memberCount;
    // RFC 3550 section 6.3.6, timer reconsideration: if by what is known now it is too soon, wait for the rest.
    if (this.#last + interval > now) {
      this.#next = this.#last + interval;
      return this.#feedback && this.#allowEarly ? this.#early() : undefined;
    }
    return this.#regular(now);
  }

  /** RTCP has been sent: a datagram of so many bytes (RFC 3550 section 6.3.6). */
  sent(size: number): void {
    this.#count(size);
  }

  /** RFC 4585 section 3.5.2: feedback ahead of time once, and then not before the next time but one that reports are due. */
  #early(): RtcpOccasion {
    const next = this.#next!;
    this.#feedback = false;
    this.#allowEarly = false;
    this.#next = this.#last + 2 * this.#interval;
    this.#last = Math.min(next, this.#next);
    return "early";
  }

  /** RFC 4585 section 3.5.3. */
  #regular(now: Millis): RtcpOccasion | undefined {
    const feedback = this.#feedback;
    this.#allowEarly = true;
    this.#feedback = false;
    this.#advance(now);
    if (now < this.#regularFrom) return feedback ? "early" : undefined;
    this.#lastRegular = now;
    this.#currentReportInterval = this.#reportInterval * (0.5 + this.#fraction());
    return "regular";
  }

  /** A time for reports has passed without a timer, since nothing would have been sent. */
  #skip(now: Millis): void {
    if (this.#next === undefined || now < this.#next || now >= this.#regularFrom) return;
    if (this.#feedback) return;
    this.#allowEarly = true;
    this.#advance(now);
  }

  #advance(now: Millis): void {
    this.#last = now;
    this.#next = now + this.#drawInterval();
    this.#pmembers = this.#memberCount;
  }

  /** Before this, RFC 4585 section 3.5.3 suppresses regular reports. */
  get #regularFrom(): Millis {
    return this.#lastRegular === undefined ? 0 : this.#lastRegular + this.#currentReportInterval;
  }

  get #memberCount(): number {
    return this.members.size + 1;
  }

  /** RFC 3550 section 6.3.5. */
  #expire(now: Millis): void {
    const gone = this.#deterministic(TIMEOUT_TMIN);
    const silent = this.#interval * SENDER_INTERVALS;
    this.members.expire(now - TIMEOUT_INTERVALS * gone, now - Math.max(silent, TIMEOUT_TMIN));
    if (this.#mediaSent !== undefined && this.#mediaSent < now - Math.max(silent, TIMEOUT_TMIN)) {
      this.#mediaSent = undefined;
    }
  }

  #drawInterval(): Millis {
    // Tmin is 0 (RFC 4585 section 3.5.3), with two sides from the beginning: RFC 3550 section 6.2 lets the first report of a unicast session
    // go at once, and feedback on the first packets could not wait.
    const deterministic = this.#deterministic(0);
    return this.#interval = randomInterval(deterministic, this.#fraction());
  }

  #deterministic(minimum: Millis): Millis {
    const weSent = this.#mediaSent !== undefined;
    return deterministicInterval({
      members: this.#memberCount,
      senders: this.members.senders + (weSent ? 1 : 0),
      weSent,
      bandwidth: this.#bandwidth,
      averageSize: this.#averageSize,
      minimum,
    });
  }

  /** RFC 3550 section 6.3.3: the average moves by a sixteenth. */
  #count(size: number): void {
    this.#averageSize += (size + PACKET_OVERHEAD - this.#averageSize) / 16;
  }

  #fraction(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.#crypto.random(4);
    return ((a * 256 + b) * 256 + c) / 2 ** 24 + d / 2 ** 32;
  }
}
