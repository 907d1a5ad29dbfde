import type { HandshakeContext } from "../handshake/context.ts";
import type { HandshakeState } from "../handshake/state.ts";
import { CookieJar } from "./cookie.ts";
import { ExpectClientHello } from "./expect_client_hello.ts";

/** What a server waits for first. */
export function startServer(context: HandshakeContext): HandshakeState {
  const { crypto, config } = context;
  return new ExpectClientHello(config.cookieExchange ? new CookieJar(crypto) : undefined);
}
