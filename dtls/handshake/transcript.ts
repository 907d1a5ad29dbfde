import type { CryptoProvider } from "../../core/crypto/provider.ts";
import { concat } from "../../core/wire/mod.ts";
import type { HandshakeMessage } from "./message.ts";

/** Every handshake message so far, unfragmented, without the first ClientHello of a cookie exchange (RFC 6347 section 4.2.6). */
export class Transcript {
  readonly #crypto: CryptoProvider;
  readonly #messages: Uint8Array[] = [];

  constructor(crypto: CryptoProvider) {
    this.#crypto = crypto;
  }

  /** Appends a message. */
  add(message: HandshakeMessage): void {
    this.#messages.push(message.whole);
  }

  /** SHA-256 of what is there. */
  hash(): Uint8Array {
    return this.#crypto.hash("sha-256", ...this.#messages);
  }

  /** What is there, for a signature over it. */
  bytes(): Uint8Array {
    return concat(this.#messages);
  }
}
