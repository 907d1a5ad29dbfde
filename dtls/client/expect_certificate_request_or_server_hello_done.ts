import { AlertDescription } from "../alert.ts";
import type { HandshakeContext } from "../handshake/context.ts";
import type { HandshakeMessage } from "../handshake/message.ts";
import type { VerifiedChain } from "../handshake/peer_certificate.ts";
import { HandshakeFailure, type HandshakeState } from "../handshake/state.ts";
import { parseCertificateRequest } from "../messages/certificate_request.ts";
import { HandshakeType } from "../protocol.ts";
import { chooseScheme } from "../signature_schemes.ts";
import { ExpectServerHelloDone } from "./expect_server_hello_done.ts";
import type { ClientNegotiation } from "./expect_server_hello.ts";
import type { ServerShare } from "./expect_server_key_exchange.ts";

/**
 * A client that waits to be asked for its certificate. A server has to ask (RFC 8122 section 6.2); one that doesn't leaves itself
 * without proof of who we are, which is no danger to us.
 */
export class ExpectCertificateRequestOrServerHelloDone implements HandshakeState {
  readonly expects = [HandshakeType.certificateRequest, HandshakeType.serverHelloDone];
  readonly #negotiation: ClientNegotiation;
  readonly #server: VerifiedChain;
  readonly #share: ServerShare;

  constructor(negotiation: ClientNegotiation, server: VerifiedChain, share: ServerShare) {
    this.#negotiation = negotiation;
    this.#server = server;
    this.#share = share;
  }

  handle(message: HandshakeMessage, context: HandshakeContext): HandshakeState | HandshakeFailure {
    if (message.type === HandshakeType.serverHelloDone) {
      return this.#expectDone(undefined).handle(message, context);
    }
    const request = parseCertificateRequest(message.body);
    if (request === undefined) {
      return new HandshakeFailure(AlertDescription.decodeError, "malformed CertificateRequest");
    }
    const scheme = chooseScheme(context.config.certificate.key.type, request.signatureAlgorithms);
    if (scheme === undefined) {
      return new HandshakeFailure(
        AlertDescription.handshakeFailure,
        "the server can't verify any signature that our certificate's key makes",
      );
    }
    context.transcript.add(message);
    return this.#expectDone(scheme);
  }

  #expectDone(scheme: ReturnType<typeof chooseScheme>): ExpectServerHelloDone {
    return new ExpectServerHelloDone(this.#negotiation, this.#server, this.#share, scheme);
  }
}
