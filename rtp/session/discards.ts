/** Why a session dropped a packet or a frame. */
export type RtpSessionDiscard =
  /** It is neither RTP nor RTCP. */
  | "malformed packet"
  /** Its MID is none of ours (RFC 9143 section 9.2). */
  | "unknown mid"
  /** Nothing tells which section its source belongs to. */
  | "unknown source"
  /** The section has not agreed on its payload type. */
  | "unknown payload type"
  /** It repeats or protects a stream that can't be told. */
  | "unknown repaired source"
  /** There are too many sources already. */
  | "too many sources"
  /** Its SSRC is one of our own: a loop, or a collision (RFC 3550 section 8.2). */
  | "own source"
  /** What it was to be sent by does not exist, or is not active. */
  | "no encoding"
  /** The sender has not agreed on its payload type. */
  | "no format"
  /** The codec's payload format can't carry it, or a packet can't. */
  | "unsendable frame"
  /** More waits to be sent than can be, soon: frames are left out until the next key frame. */
  | "congested"
  /** The encoding would send more bits, or frames, than it is allowed to. */
  | "limited"
  /** A frame that refers to one which was lost or left out. */
  | "undecodable frame"
  /** It is given back to a section whose packets nobody takes. */
  | "not taken"
  /** RTCP with something that can't be true. */
  | "implausible feedback";
