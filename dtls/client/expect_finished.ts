import type { HandshakeContext } from "../handshake/context.ts";
import { verifyFinished } from "../handshake/finished.ts";
import type { HandshakeMessage } from "../handshake/message.ts";
import {
  Established,
  type HandshakeFailure,
  type HandshakeState,
  type Session,
} from "../handshake/state.ts";
import { HandshakeType } from "../protocol.ts";

/** A client that waits for the server's Finished: the last message of all. */
export class ExpectFinished implements HandshakeState {
  readonly expects = [HandshakeType.finished];
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  handle(message: HandshakeMessage, context: HandshakeContext): HandshakeState | HandshakeFailure {
    return verifyFinished(message, "server", context, this.#session.secrets) ??
      new Established(this.#session);
  }
}
