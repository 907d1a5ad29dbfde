import type { Millis } from "../core/stage/mod.ts";
import { type RetransmissionTimings, transactionTimeout } from "./stun/mod.ts";

/** Every interval of an agent, in milliseconds. */
export interface IceTimings {
  /** Ta, the pace of ordinary checks and of requests to STUN servers (RFC 8445 section 14.2). */
  readonly ta: Millis;
  /** Connectivity checks. */
  readonly checks: RetransmissionTimings;
  /** Requests to STUN servers. */
  readonly gathering: RetransmissionTimings;
  /** One round of a consent check. */
  readonly consent: RetransmissionTimings;
  /** Between requests that keep a server-reflexive address alive while ICE has not concluded (RFC 8445 section 5.1.1.4). */
  readonly serverKeepalive: Millis;
  /** How long a connection to a TURN server may take to be made. */
  readonly serverConnect: Millis;
  /** How long before its end an allocation is refreshed (RFC 8656 section 8). */
  readonly allocationMargin: Millis;
  /** Between refreshes of a permission, which lasts for five minutes (RFC 8656 section 9). */
  readonly permissionRefresh: Millis;
  /** Between refreshes of a channel, which lasts for ten minutes (RFC 8656 section 12). */
  readonly channelRefresh: Millis;
  /** How long a valid pair that crosses a NAT waits for a better one before it is nominated. */
  readonly nominationDelay: Millis;
  /** Basic time between consent checks; each is 0.8 to 1.04 of it (RFC 7675 section 5.1). */
  readonly consentInterval: Millis;
  /** Without an answer for this long consent has expired (RFC 7675 section 5.1). */
  readonly consentExpiry: Millis;
  /** A consent check that lacks its answer for this long makes the pair suspect. */
  readonly suspectAfter: Millis;
  /** A suspect pair from which nothing at all came for this long is `disconnected`. */
  readonly disconnectedAfter: Millis;
  /** No failure is declared before this, since peer-reflexive candidates may yet be learnt (RFC 8863 section 4). */
  readonly patience: Millis;
  /** A peer that trickles, never says that it is done, and gives nothing to check for this long has failed. */
  readonly trickleTimeout: Millis;
}

/**
 * Deviation: RFC 8489 section 6.2.1 doubles the wait six times, up to 16 s. At 30% loss each way one check in a hundred fails so,
 * though it may be the only one that could succeed, and set-up takes many seconds. With even waits, 28 tries fit into 13.5 s: no
 * check fails by chance, a path that comes up late is met within half a second, and one that is dead is known to be after 18.5 s
 * rather than 39.5 s. Browsers ping at that pace.
 */
const CHECKS: RetransmissionTimings = { rto: 500, maxRto: 500, rc: 28, rm: 10 };

/** The defaults. */
export const ICE_TIMINGS: IceTimings = {
  ta: 50,
  checks: CHECKS,
  // Rc and Rm are configurable (RFC 8489 section 6.2.1); these end after 9.5 s, as users wait for gathering to complete.
  gathering: { rto: 500, maxRto: 8000, rc: 5, rm: 4 },
  // Until the next round begins a silent peer is asked every 500 ms, so that a path which comes back shortly before consent
  // expires is noticed in time.
  consent: { rto: 500, maxRto: 500, rc: 12, rm: 16 },
  serverKeepalive: 15_000,
  serverConnect: 9500,
  allocationMargin: 60_000,
  permissionRefresh: 240_000,
  channelRefresh: 540_000,
  nominationDelay: 200,
  consentInterval: 5000,
  consentExpiry: 30_000,
  suspectAfter: 3000,
  disconnectedAfter: 5000,
  patience: transactionTimeout(CHECKS), // RFC 8863 section 4: that of a connectivity check with all its retransmissions
  trickleTimeout: 30_000,
};
