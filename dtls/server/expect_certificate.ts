import type { HandshakeContext } from "../handshake/context.ts";
import type { HandshakeMessage } from "../handshake/message.ts";
import { verifyCertificateMessage } from "../handshake/peer_certificate.ts";
import { HandshakeFailure, type HandshakeState } from "../handshake/state.ts";
import { HandshakeType } from "../protocol.ts";
import type { ServerProgress } from "./expect_client_hello.ts";
import { ExpectClientKeyExchange } from "./expect_client_key_exchange.ts";

/** A server that waits for the client's certificate. A client has to have one (RFC 8122 section 6.2). */
export class ExpectCertificate implements HandshakeState {
  readonly expects = [HandshakeType.certificate];
  readonly #progress: ServerProgress;

  constructor(progress: ServerProgress) {
    this.#progress = progress;
  }

  handle(message: HandshakeMessage, context: HandshakeContext): HandshakeState | HandshakeFailure {
    const verified = verifyCertificateMessage(message.body, context);
    if (verified instanceof HandshakeFailure) return verified;
    context.transcript.add(message);
    return new ExpectClientKeyExchange(this.#progress, verified);
  }
}
