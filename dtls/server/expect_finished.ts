import type { HandshakeContext } from "../handshake/context.ts";
import { addFinished, verifyFinished } from "../handshake/finished.ts";
import type { HandshakeMessage } from "../handshake/message.ts";
import {
  Established,
  type HandshakeFailure,
  type HandshakeState,
  type Session,
} from "../handshake/state.ts";
import { HandshakeType } from "../protocol.ts";

/** A server that waits for the client's Finished. Its own makes flight 6, the last one. */
export class ExpectFinished implements HandshakeState {
  readonly expects = [HandshakeType.finished];
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  handle(message: HandshakeMessage, context: HandshakeContext): HandshakeState | HandshakeFailure {
    const { secrets } = this.#session;
    const refused = verifyFinished(message, "client", context, secrets);
    if (refused !== undefined) return refused;
    context.transcript.add(message);
    addFinished(context, secrets);
    // No answer will come, so no timer: it is sent again when the client repeats flight 5 (RFC 6347 section 4.2.4).
    context.finishFlight({ timed: false, last: true });
    return new Established(this.#session);
  }
}
