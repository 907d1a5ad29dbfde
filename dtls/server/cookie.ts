import type { CryptoProvider } from "../../core/crypto/provider.ts";
import { Writer } from "../../core/wire/mod.ts";
import { type ClientHello, writeClientHello } from "../messages/client_hello.ts";

/** Bytes of a cookie. */
const COOKIE_LENGTH = 20;

/**
 * Cookies that need no memory of whom they were given to: a MAC over what the client says of itself (RFC 6347 section 4.2.1).
 *
 * The client's address is not in it: addresses belong to ICE, and one endpoint has one peer.
 */
export class CookieJar {
  readonly #crypto: CryptoProvider;
  readonly #secret: Uint8Array;

  constructor(crypto: CryptoProvider) {
    this.#crypto = crypto;
    this.#secret = crypto.random(32);
  }

  /** The cookie for a client. */
  cookieFor(hello: ClientHello): Uint8Array {
    const writer = new Writer(1024);
    writeClientHello(writer, { ...hello, cookie: new Uint8Array(0), extensions: [] });
    const mac = this.#crypto.hmac("sha-256", this.#secret, writer.finish());
    return mac.subarray(0, COOKIE_LENGTH);
  }

  /** Whether a hello brings the cookie that its client was given. */
  accepts(hello: ClientHello): boolean {
    return this.#crypto.equal(hello.cookie, this.cookieFor(hello));
  }
}
