import type { KeyExchange } from "../../core/crypto/provider.ts";
import { concat } from "../../core/wire/mod.ts";
import { AlertDescription } from "../alert.ts";
import type { HandshakeContext } from "../handshake/context.ts";
import type { HandshakeMessage } from "../handshake/message.ts";
import { HandshakeFailure, type HandshakeState } from "../handshake/state.ts";
import { writeCertificateChain } from "../messages/certificate.ts";
import { ClientCertificateType, writeCertificateRequest } from "../messages/certificate_request.ts";
import { type ClientHello, parseClientHello } from "../messages/client_hello.ts";
import { writeHelloVerifyRequest } from "../messages/hello_verify_request.ts";
import { writeServerHello } from "../messages/server_hello.ts";
import { serverEcdhParams, writeServerKeyExchange } from "../messages/server_key_exchange.ts";
import { NAMED_GROUPS } from "../named_groups.ts";
import { DTLS_1_0, DTLS_1_2, HandshakeType } from "../protocol.ts";
import { SIGNATURE_SCHEME_IDS } from "../signature_schemes.ts";
import type { CookieJar } from "./cookie.ts";
import { ExpectCertificate } from "./expect_certificate.ts";
import { negotiate, type ServerNegotiation } from "./negotiate.ts";

/** A server that waits for a hello; with a cookie jar, for one that brings its cookie back. */
export class ExpectClientHello implements HandshakeState {
  readonly expects = [HandshakeType.clientHello];
  readonly #cookies: CookieJar | undefined;

  constructor(cookies: CookieJar | undefined) {
    this.#cookies = cookies;
  }

  handle(message: HandshakeMessage, context: HandshakeContext): HandshakeState | HandshakeFailure {
    const hello = parseClientHello(message.body);
    if (hello === undefined) {
      return new HandshakeFailure(AlertDescription.decodeError, "malformed ClientHello");
    }
    context.adoptSequenceNumber();
    if (this.#cookies !== undefined && !this.#cookies.accepts(hello)) {
      return this.#requestCookie(hello, this.#cookies, context);
    }
    const negotiation = negotiate(hello, context.config);
    if (negotiation instanceof HandshakeFailure) return negotiation;
    context.transcript.add(message);
    return this.#answer(hello, negotiation, context);
  }

  /** Flight 2. It is not sent again by a timer, but for every copy of the hello (RFC 6347 section 4.2.1). */
  #requestCookie(
    hello: ClientHello,
    cookies: CookieJar,
    context: HandshakeContext,
  ): HandshakeState {
    const cookie = cookies.cookieFor(hello);
    context.addUnrecorded(
      HandshakeType.helloVerifyRequest,
      // RFC 6347 section 4.2.1: version 1.0, whatever will be negotiated.
      (writer) => writeHelloVerifyRequest(writer, { serverVersion: DTLS_1_0, cookie }),
    );
    context.finishFlight({ timed: false, recordVersion: DTLS_1_0 });
    return this;
  }

  /** Flight 4. */
  #answer(
    hello: ClientHello,
    negotiation: ServerNegotiation,
    context: HandshakeContext,
  ): HandshakeState {
    const serverRandom = context.crypto.random(32);
    const exchange = context.crypto.keyExchange(negotiation.group);
    context.add(HandshakeType.serverHello, (writer) =>
      writeServerHello(writer, {
        serverVersion: DTLS_1_2,
        random: serverRandom,
        sessionId: new Uint8Array(0), // sessions are not resumed
        cipherSuite: negotiation.suite.id,
        compressionMethod: 0,
        extensions: negotiation.extensions,
      }));
    context.add(
      HandshakeType.certificate,
      (writer) => writeCertificateChain(writer, [context.config.certificate.der]),
    );
    this.#addKeyExchange(hello.random, serverRandom, exchange, negotiation, context);
    // Always: RFC 8122 section 6.2.
    context.add(HandshakeType.certificateRequest, (writer) =>
      writeCertificateRequest(writer, {
        certificateTypes: Uint8Array.of(
          ClientCertificateType.ecdsaSign,
          ClientCertificateType.rsaSign,
        ),
        signatureAlgorithms: SIGNATURE_SCHEME_IDS,
      }));
    context.add(HandshakeType.serverHelloDone, () => {});
    context.finishFlight({ timed: true });
    return new ExpectCertificate({
      clientRandom: hello.random,
      serverRandom,
      exchange,
      negotiation,
    });
  }

  #addKeyExchange(
    clientRandom: Uint8Array,
    serverRandom: Uint8Array,
    exchange: KeyExchange,
    { group, scheme }: ServerNegotiation,
    context: HandshakeContext,
  ): void {
    const params = serverEcdhParams(NAMED_GROUPS[group], exchange.publicKey);
    const data = concat([clientRandom, serverRandom, params]);
    const signature = context.config.certificate.key.sign(scheme.name, data);
    context.add(
      HandshakeType.serverKeyExchange,
      (writer) =>
        writeServerKeyExchange(writer, { params, signed: { scheme: scheme.id, signature } }),
    );
  }
}

/** What a server keeps of flights 3 and 4. */
export interface ServerProgress {
  readonly clientRandom: Uint8Array;
  readonly serverRandom: Uint8Array;
  readonly exchange: KeyExchange;
  readonly negotiation: ServerNegotiation;
}
