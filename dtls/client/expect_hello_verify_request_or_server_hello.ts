import { Writer } from "../../core/wire/mod.ts";
import { AlertDescription } from "../alert.ts";
import type { HandshakeContext } from "../handshake/context.ts";
import { type HandshakeMessage, handshakeMessage } from "../handshake/message.ts";
import { HandshakeFailure, type HandshakeState } from "../handshake/state.ts";
import { type ClientHello, writeClientHello } from "../messages/client_hello.ts";
import { parseHelloVerifyRequest } from "../messages/hello_verify_request.ts";
import { HandshakeType } from "../protocol.ts";
import { ExpectServerHello } from "./expect_server_hello.ts";
import { finishHelloFlight } from "./start.ts";

/** A client's first state: the server may want to see a cookie first (RFC 6347 section 4.2.1). */
export class ExpectHelloVerifyRequestOrServerHello implements HandshakeState {
  readonly expects = [HandshakeType.helloVerifyRequest, HandshakeType.serverHello];
  readonly #hello: ClientHello;

  constructor(hello: ClientHello) {
    this.#hello = hello;
  }

  handle(message: HandshakeMessage, context: HandshakeContext): HandshakeState | HandshakeFailure {
    if (message.type === HandshakeType.helloVerifyRequest) {
      return this.#helloAgain(message, context);
    }
    const writer = new Writer();
    writeClientHello(writer, this.#hello);
    context.transcript.add(handshakeMessage(HandshakeType.clientHello, 0, writer.finish()));
    return new ExpectServerHello(this.#hello).handle(message, context);
  }

  /** The same hello with the cookie. The first one, and the request, stay out of the transcript (RFC 6347 section 4.2.6). */
  #helloAgain(
    message: HandshakeMessage,
    context: HandshakeContext,
  ): HandshakeState | HandshakeFailure {
    const request = parseHelloVerifyRequest(message.body);
    if (request === undefined) {
      return new HandshakeFailure(AlertDescription.decodeError, "malformed HelloVerifyRequest");
    }
    const hello = { ...this.#hello, cookie: request.cookie };
    context.add(HandshakeType.clientHello, (writer) => writeClientHello(writer, hello));
    finishHelloFlight(context);
    return new ExpectServerHello(hello);
  }
}
