import type { CipherSuite } from "../cipher_suites.ts";
import type { GroupName } from "../../core/crypto/provider.ts";
import type { Secrets } from "../keys/secrets.ts";
import type { HandshakeContext } from "./context.ts";
import type { HandshakeMessage } from "./message.ts";

/** The handshake can't go on: the alert to send, and why. */
export class HandshakeFailure {
  /** `alert` is an `AlertDescription`. */
  constructor(readonly alert: number, readonly reason: string) {}
}

/** What a handshake waits for. Each message makes the next state out of this one, or ends the handshake. */
export interface HandshakeState {
  /** The types of message that may come now. Any other is an unexpected_message. */
  readonly expects: readonly number[];
  /** Takes a message of such a type. */
  handle(message: HandshakeMessage, context: HandshakeContext): HandshakeState | HandshakeFailure;
}

/** What a handshake came to. */
export interface Session {
  readonly suite: CipherSuite;
  readonly group: GroupName;
  readonly srtpProfile: number | undefined;
  /** DER of the peer's chain, its own certificate first; its fingerprint has been checked. */
  readonly remoteCertificates: readonly Uint8Array[];
  readonly secrets: Secrets;
}

/** Both Finished messages have been exchanged. No message is expected any more: there is no renegotiation. */
export class Established implements HandshakeState {
  readonly expects: readonly number[] = [];

  constructor(readonly session: Session) {}

  handle(): HandshakeState {
    return this;
  }
}
