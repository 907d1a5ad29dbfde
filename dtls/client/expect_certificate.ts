import { AlertDescription } from "../alert.ts";
import { suiteFitsKey } from "../cipher_suites.ts";
import type { HandshakeContext } from "../handshake/context.ts";
import type { HandshakeMessage } from "../handshake/message.ts";
import { verifyCertificateMessage } from "../handshake/peer_certificate.ts";
import { HandshakeFailure, type HandshakeState } from "../handshake/state.ts";
import { HandshakeType } from "../protocol.ts";
import { ExpectServerKeyExchange } from "./expect_server_key_exchange.ts";
import type { ClientNegotiation } from "./expect_server_hello.ts";

/** A client that waits for the server's certificate. */
export class ExpectCertificate implements HandshakeState {
  readonly expects = [HandshakeType.certificate];
  readonly #negotiation: ClientNegotiation;

  constructor(negotiation: ClientNegotiation) {
    this.#negotiation = negotiation;
  }

  handle(message: HandshakeMessage, context: HandshakeContext): HandshakeState | HandshakeFailure {
    const verified = verifyCertificateMessage(message.body, context);
    if (verified instanceof HandshakeFailure) return verified;
    if (!suiteFitsKey(this.#negotiation.suite, verified.certificate.keyType)) {
      return new HandshakeFailure(
        AlertDescription.illegalParameter,
        `the server's certificate has a key of type ${verified.certificate.keyType}`,
      );
    }
    context.transcript.add(message);
    return new ExpectServerKeyExchange(this.#negotiation, verified);
  }
}
