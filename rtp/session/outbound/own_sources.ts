import type { CryptoProvider } from "../../../core/crypto/provider.ts";
import { SendStream, type SendStreamOptions } from "../../transmission/mod.ts";

/** Sources that have ended and are remembered at most, those of every section that a session can have. */
const MAX_ENDED = 1024;

/**
 * The sources of this side. One that ends and begins again, as when a section was inactive for a while, goes on with its sequence numbers:
 * under the same key none may come twice, and SRTP drops those that do (RFC 3711 section 9.1).
 */
export class OwnSources {
  readonly #crypto: CryptoProvider;
  readonly #ended = new Map<number, SendStream>();

  constructor(crypto: CryptoProvider) {
    this.#crypto = crypto;
  }

  /** The source with this SSRC, as it has ended, or a new one. */
  begin(options: SendStreamOptions): SendStream {
    const known = this.#ended.get(options.ssrc);
    this.#ended.delete(options.ssrc);
    return known ?? new SendStream(options, this.#crypto);
  }

  /** A source has ended, though perhaps not for good. */
  end(source: SendStream): void {
    if (source.numberedCount === 0) return;
    if (this.#ended.size >= MAX_ENDED) this.#ended.delete(this.#ended.keys().next().value!);
    this.#ended.set(source.ssrc, source);
  }
}
