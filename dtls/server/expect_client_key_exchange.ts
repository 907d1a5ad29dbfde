import { AlertDescription } from "../alert.ts";
import type { HandshakeContext } from "../handshake/context.ts";
import type { HandshakeMessage } from "../handshake/message.ts";
import type { VerifiedChain } from "../handshake/peer_certificate.ts";
import { HandshakeFailure, type HandshakeState } from "../handshake/state.ts";
import { Secrets } from "../keys/secrets.ts";
import { parseClientKeyExchange } from "../messages/client_key_exchange.ts";
import { HandshakeType } from "../protocol.ts";
import { ExpectCertificateVerify } from "./expect_certificate_verify.ts";
import type { ServerProgress } from "./expect_client_hello.ts";

/** A server that waits for the client's share, from which the keys follow. */
export class ExpectClientKeyExchange implements HandshakeState {
  readonly expects = [HandshakeType.clientKeyExchange];
  readonly #progress: ServerProgress;
  readonly #client: VerifiedChain;

  constructor(progress: ServerProgress, client: VerifiedChain) {
    this.#progress = progress;
    this.#client = client;
  }

  handle(message: HandshakeMessage, context: HandshakeContext): HandshakeState | HandshakeFailure {
    const publicKey = parseClientKeyExchange(message.body);
    if (publicKey === undefined) {
      return new HandshakeFailure(AlertDescription.decodeError, "malformed ClientKeyExchange");
    }
    const { exchange, clientRandom, serverRandom, negotiation } = this.#progress;
    const premasterSecret = exchange.agree(publicKey);
    if (premasterSecret === undefined) {
      return new HandshakeFailure(
        AlertDescription.illegalParameter,
        "the client's share is invalid",
      );
    }
    context.transcript.add(message);
    const sessionHash = context.transcript.hash();
    const secrets = Secrets.extended(
      context.crypto,
      premasterSecret,
      sessionHash,
      clientRandom,
      serverRandom,
    );
    return new ExpectCertificateVerify(this.#client.certificate, {
      suite: negotiation.suite,
      group: negotiation.group,
      srtpProfile: negotiation.srtpProfile,
      remoteCertificates: this.#client.chain,
      secrets,
    });
  }
}
