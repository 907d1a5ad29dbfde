/**
 * Protocol parameters (RFC 9260 section 16) and the bound of every table and buffer.
 *
 * @module
 */

/** Largest SCTP packet: 1,200 bytes of UDP payload, less a DTLS record's overhead (29 to 37 bytes), a multiple of four. */
export const DEFAULT_MTU = 1160;

/** The smallest MTU that can be asked for. */
export const MIN_MTU = 256;

/** Streams asked for in each direction: all that there are, of which only those in use take memory (RFC 8831 section 6.2). */
export const MAX_STREAMS = 65535;

/** RTO before the first measurement (RFC 9260 section 16). */
export const RTO_INITIAL = 1000;

/**
 * Deviation: RFC 9260 section 16 has RTO.Min 1 s, made for SACKs that are delayed by up to 500 ms. Peers of ours delay by at most
 * 200 ms, and a lost last packet is noticed by the RTO only.
 */
export const RTO_MIN = 300;

/** The longest RTO that is computed from measurements (RFC 9260 section 16: RTO.Max). */
export const RTO_MAX = 60_000;

/**
 * Deviation: RFC 9260 section 6.3.3 doubles the RTO up to 60 s. ICE consent decides when a path is dead; until then a path that
 * comes back after an outage is to be noticed within a second. Backing off stops here, or at the computed RTO if that is longer.
 */
export const RTO_BACKOFF_MAX = 800;

/**
 * Deviation: RFC 9260 section 16 has Association.Max.Retrans 10 and Max.Init.Retransmits 8. An ICE restart may bring the path back
 * minutes after it broke, and nothing may be lost then: about five minutes of RTO_BACKOFF_MAX.
 */
export const ASSOCIATION_MAX_RETRANS = 375;

/** How long a state cookie is good for, in milliseconds (RFC 9260 section 16: Valid.Cookie.Life). */
export const VALID_COOKIE_LIFE = 60_000;

/** Idle time between heartbeats, in milliseconds (RFC 9260 section 16: HB.interval). */
export const HB_INTERVAL = 30_000;

/** How long the graceful close may take in all, in milliseconds (RFC 9260 section 9.2: T5-shutdown-guard). */
export const SHUTDOWN_GUARD = 60_000;

/**
 * Delay of a SACK for a lone packet, in milliseconds. RFC 9260 section 6.2 allows up to 500; a short one keeps the peer's RTT samples
 * honest and costs little, since at bulk rates every second packet is acknowledged anyway.
 */
export const SACK_DELAY = 40;

/** Packets in one drain: a kernel's UDP buffer holds about 92 of 1,200 bytes, and there may be several senders. */
export const MAX_BURST = 32;

/** After a full burst, sending goes on at the next SACK, or this many milliseconds later. */
export const BURST_INTERVAL = 1;

/** Bytes that may always be in flight, whatever the round-trip time: 64 packets fit into any kernel's UDP buffer. */
export const LAN_WINDOW = 64 * DEFAULT_MTU;

/** Above `LAN_WINDOW`, as many bytes may be in flight as this rate yields in the least round-trip time: 50 KB/ms is 400 Mbit/s. */
export const MAX_WINDOW_PER_MS = 50_000;

/** The most bytes in flight. */
export const MAX_CWND = 4 << 20;

/** DATA chunks in flight: gap blocks can tell of no more than 65,535 (RFC 9260 section 3.3.4). */
export const MAX_OUTSTANDING_CHUNKS = 16_384;

/** Bytes kept for messages that are incomplete or out of order: the a_rwnd that is advertised, as Chromium's. */
export const RECEIVE_BUFFER = 5 << 20;

/** What a message or fragment that is held costs besides its bytes. It counts, so that tiny ones can't multiply memory. */
export const HELD_OVERHEAD = 256;

/** Incomplete messages at a time. A peer without I-DATA sends fragments in a row, so only loss makes several. */
export const MAX_PARTIAL_MESSAGES = 4096;

/** The largest message that is accepted unless the caller says otherwise, in bytes. */
export const DEFAULT_MAX_MESSAGE_SIZE = 1 << 20;

/** Gap blocks in a SACK: 1,040 bytes, so that it fits into a packet. */
export const MAX_GAP_BLOCKS = 240;

/** Duplicates reported in a SACK. */
export const MAX_DUPLICATES = 8;

/** Control chunks that wait to be sent. A flood of HEARTBEATs can't make more. */
export const MAX_CONTROL_CHUNKS = 64;

/** A fragment of a message that does not fit is worth starting in the rest of a packet only if it has this many bytes. */
export const MIN_FRAGMENT = 256;
