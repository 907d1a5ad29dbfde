import type { PeerCertificate } from "../../core/crypto/provider.ts";
import { AlertDescription } from "../alert.ts";
import type { HandshakeContext } from "../handshake/context.ts";
import type { HandshakeMessage } from "../handshake/message.ts";
import { verifySignature } from "../handshake/peer_certificate.ts";
import { HandshakeFailure, type HandshakeState, type Session } from "../handshake/state.ts";
import { parseCertificateVerify } from "../messages/certificate_verify.ts";
import { HandshakeType } from "../protocol.ts";
import { ExpectFinished } from "./expect_finished.ts";

/** A server that waits for the proof that the client has the key of its certificate (RFC 5246 section 7.4.8). */
export class ExpectCertificateVerify implements HandshakeState {
  readonly expects = [HandshakeType.certificateVerify];
  readonly #certificate: PeerCertificate;
  readonly #session: Session;

  constructor(certificate: PeerCertificate, session: Session) {
    this.#certificate = certificate;
    this.#session = session;
  }

  handle(message: HandshakeMessage, context: HandshakeContext): HandshakeState | HandshakeFailure {
    const signed = parseCertificateVerify(message.body);
    if (signed === undefined) {
      return new HandshakeFailure(AlertDescription.decodeError, "malformed CertificateVerify");
    }
    const data = context.transcript.bytes();
    const refused = verifySignature(this.#certificate, signed, data, "CertificateVerify");
    if (refused !== undefined) return refused;
    context.transcript.add(message);
    // Only now: nothing of epoch 1 is opened for a client that has not proved its key.
    context.installKeys(this.#session.suite, this.#session.secrets);
    return new ExpectFinished(this.#session);
  }
}
