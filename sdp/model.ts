/** One `a=` line. `a=name` has no value, which is not the same as the empty value of `a=name:` (RFC 8866 section 5.13). */
export interface Attribute {
  /** What stands before the first colon, as it was written. */
  readonly name: string;
  /** What stands after the first colon, as it was written; absent if there is no colon. */
  readonly value?: string;
}

/** Who made the session, and which version of it this is (RFC 8866 section 5.2). */
export interface Origin {
  /** The user's name, or "-". */
  readonly username: string;
  /** Decimal digits of a number below 2^64: text, because a JavaScript number is too small for it. */
  readonly sessionId: string;
  /** Decimal digits of a number below 2^64, one higher for each new version of the session. */
  readonly sessionVersion: string;
  /** "IN". */
  readonly netType: string;
  /** "IP4" or "IP6". */
  readonly addrType: string;
  /** An IP address or a host name; browsers write 127.0.0.1 or 0.0.0.0 so as to reveal nothing. */
  readonly address: string;
}

/** Where media is to be sent (RFC 8866 section 5.7). ICE decides that in WebRTC, so this is a mere formality. */
export interface Connection {
  /** "IN". */
  readonly netType: string;
  /** "IP4" or "IP6". */
  readonly addrType: string;
  /** An IP address or a host name, with `/ttl/count` after it if it is a multicast one. */
  readonly address: string;
}

/** The bandwidth to be used (RFC 8866 section 5.8). */
export interface Bandwidth {
  /** "AS" (kbit/s), "TIAS" (bit/s, RFC 3890), "CT", ... */
  readonly type: string;
  /** In the unit that `type` tells. -1, which old applications write for "no limit", is the only negative one. */
  readonly value: number;
}

/** When the session takes place (RFC 8866 section 5.9). WebRTC always says "0 0": at any time. */
export interface TimeDescription {
  /** Decimal digits: seconds since 1900, or 0. */
  readonly start: string;
  /** Decimal digits: seconds since 1900, or 0 for "never ends". */
  readonly stop: string;
  /** The `r=` lines, as text (RFC 8866 section 5.10). */
  readonly repeats: readonly string[];
  /** The `z=` line, as text (RFC 8866 section 5.11). */
  readonly zones?: string;
}

/** One `m=` line and all that belongs to it (RFC 8866 section 5.14): JSEP calls this a media section. */
export interface MediaDescription {
  /** "audio", "video", "application", ... */
  readonly kind: string;
  /** 0 to 65535; 0 rejects the section (RFC 3264 section 6), unless it is bundle-only (RFC 9143 section 6). */
  readonly port: number;
  /** How many ports, from `m=audio 49170/2 ...`. */
  readonly portCount?: number;
  /** "UDP/TLS/RTP/SAVPF", "UDP/DTLS/SCTP", ... */
  readonly protocol: string;
  /** At least one: payload types for RTP, "webrtc-datachannel" for data channels. */
  readonly formats: readonly string[];
  /** The `i=` line. */
  readonly information?: string;
  /** The `c=` lines; several only for multicast. */
  readonly connections: readonly Connection[];
  /** The `b=` lines. */
  readonly bandwidths: readonly Bandwidth[];
  /** The obsolete `k=` line: kept so that nothing is lost, and read by nobody (RFC 8866 section 5.12). */
  readonly key?: string;
  /** The `a=` lines in their order. */
  readonly attributes: readonly Attribute[];
}

/** A whole session description (RFC 8866 section 5). */
export interface SessionDescription {
  /** Always 0 (RFC 8866 section 5.1). */
  readonly version: 0;
  /** The `o=` line. */
  readonly origin: Origin;
  /** The `s=` line, "-" in WebRTC. */
  readonly sessionName: string;
  /** The `i=` line. */
  readonly information?: string;
  /** The `u=` line. */
  readonly uri?: string;
  /** The `e=` lines. */
  readonly emails: readonly string[];
  /** The `p=` lines. */
  readonly phones: readonly string[];
  /** The `c=` line. */
  readonly connection?: Connection;
  /** The `b=` lines. */
  readonly bandwidths: readonly Bandwidth[];
  /** The `t=` lines with their `r=` and `z=` lines. */
  readonly times: readonly TimeDescription[];
  /** The obsolete `k=` line: kept so that nothing is lost, and read by nobody (RFC 8866 section 5.12). */
  readonly key?: string;
  /** The `a=` lines of the session level in their order. */
  readonly attributes: readonly Attribute[];
  /** The media sections in their order. */
  readonly media: readonly MediaDescription[];
}
