/** Why something was dropped. */
export type DtlsDiscard =
  // records
  | "datagram before start"
  | "truncated record"
  | "bad version"
  | "unknown content type"
  | "unknown epoch"
  | "early record"
  | "replayed record"
  | "bad record"
  | "plaintext after the handshake"
  | "empty record"
  // alerts
  | "malformed alert"
  | "unauthenticated alert"
  | "warning alert"
  // handshake messages
  | "malformed fragment"
  | "conflicting fragment"
  | "message in the wrong epoch"
  | "message too far ahead"
  | "handshake too large"
  | "duplicate message"
  | "renegotiation"
  // the way down
  | "oversized plaintext"
  | "outbound queue full"
  | "after the end";
