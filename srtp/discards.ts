/** Why something was dropped. */
export type SrtpDiscard =
  // either way
  | "malformed RTP"
  | "malformed RTCP"
  | "index limit"
  | "after the end"
  // on the way up
  | "early packet"
  | "bad tag"
  | "replayed"
  // on the way down
  | "before the keys"
  | "too many streams"
  | "index used before";
