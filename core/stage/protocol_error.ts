/** The protocols whose fatal errors carry a code of the wire. */
export type ProtocolName = "ice" | "dtls" | "sctp" | "srtp";

/**
 * A fatal protocol failure. It ends both lanes of the stage whose layer has it.
 *
 * Misuse by the caller is not this: that throws what the W3C text names. Hostile input is not this either: it is dropped and
 * counted in `Discards`.
 */
export class ProtocolError extends Error {
  /** `ProtocolError`, in every message and stack. */
  override readonly name = "ProtocolError";
  /** The protocol that failed. */
  readonly protocol: ProtocolName;
  /** The code on the wire: a DTLS alert description, an SCTP cause code, a STUN error code; undefined where none was sent. */
  readonly code: number | undefined;
  /** Whether the peer reported the failure, rather than this side. */
  readonly received: boolean;

  /** Makes the error that a layer has as its `failure`. */
  constructor(
    protocol: ProtocolName,
    message: string,
    options: { code?: number; received?: boolean; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.protocol = protocol;
    this.code = options.code;
    this.received = options.received ?? false;
  }
}
