import { AlertDescription } from "../alert.ts";
import type { HandshakeContext } from "../handshake/context.ts";
import { addFinished } from "../handshake/finished.ts";
import type { HandshakeMessage } from "../handshake/message.ts";
import type { VerifiedChain } from "../handshake/peer_certificate.ts";
import { HandshakeFailure, type HandshakeState } from "../handshake/state.ts";
import { Secrets } from "../keys/secrets.ts";
import { writeCertificateChain } from "../messages/certificate.ts";
import { writeCertificateVerify } from "../messages/certificate_verify.ts";
import { writeClientKeyExchange } from "../messages/client_key_exchange.ts";
import { isServerHelloDone } from "../messages/server_hello_done.ts";
import { HandshakeType } from "../protocol.ts";
import type { SignatureScheme } from "../signature_schemes.ts";
import { ExpectFinished } from "./expect_finished.ts";
import type { ClientNegotiation } from "./expect_server_hello.ts";
import type { ServerShare } from "./expect_server_key_exchange.ts";

/** A client that waits for the end of flight 4. It then sends flight 5, with its own certificate if it was asked for one. */
export class ExpectServerHelloDone implements HandshakeState {
  readonly expects = [HandshakeType.serverHelloDone];
  readonly #negotiation: ClientNegotiation;
  readonly #server: VerifiedChain;
  readonly #share: ServerShare;
  readonly #scheme: SignatureScheme | undefined;

  /** `scheme` is how to sign, if the server has asked for a certificate. */
  constructor(
    negotiation: ClientNegotiation,
    server: VerifiedChain,
    share: ServerShare,
    scheme: SignatureScheme | undefined,
  ) {
    this.#negotiation = negotiation;
    this.#server = server;
    this.#share = share;
    this.#scheme = scheme;
  }

  handle(message: HandshakeMessage, context: HandshakeContext): HandshakeState | HandshakeFailure {
    if (!isServerHelloDone(message.body)) {
      return new HandshakeFailure(AlertDescription.decodeError, "malformed ServerHelloDone");
    }
    context.transcript.add(message);
    if (this.#scheme !== undefined) this.#addCertificate(context);
    const secrets = this.#addKeyExchange(context);
    if (secrets === undefined) {
      return new HandshakeFailure(
        AlertDescription.illegalParameter,
        "the server's share is invalid",
      );
    }
    if (this.#scheme !== undefined) this.#addCertificateVerify(context, this.#scheme);
    context.installKeys(this.#negotiation.suite, secrets);
    addFinished(context, secrets);
    context.finishFlight({ timed: true });
    return new ExpectFinished({
      suite: this.#negotiation.suite,
      group: this.#share.group,
      srtpProfile: this.#negotiation.srtpProfile,
      remoteCertificates: this.#server.chain,
      secrets,
    });
  }

  #addCertificate(context: HandshakeContext): void {
    const chain = [context.config.certificate.der];
    context.add(HandshakeType.certificate, (writer) => writeCertificateChain(writer, chain));
  }

  #addKeyExchange(context: HandshakeContext): Secrets | undefined {
    const exchange = context.crypto.keyExchange(this.#share.group);
    const premasterSecret = exchange.agree(this.#share.publicKey);
    if (premasterSecret === undefined) return undefined;
    context.add(
      HandshakeType.clientKeyExchange,
      (writer) => writeClientKeyExchange(writer, exchange.publicKey),
    );
    const { clientRandom, serverRandom } = this.#negotiation;
    const sessionHash = context.transcript.hash();
    return Secrets.extended(
      context.crypto,
      premasterSecret,
      sessionHash,
      clientRandom,
      serverRandom,
    );
  }

  /** Proves that the certificate's key is ours, with a signature over all that has been said (RFC 5246 section 7.4.8). */
  #addCertificateVerify(context: HandshakeContext, scheme: SignatureScheme): void {
    const { key } = context.config.certificate;
    const signature = key.sign(scheme.name, context.transcript.bytes());
    context.add(
      HandshakeType.certificateVerify,
      (writer) => writeCertificateVerify(writer, { scheme: scheme.id, signature }),
    );
  }
}
