import type { CryptoProvider } from "../../core/crypto/provider.ts";
import { concat } from "../../core/wire/mod.ts";
import type { CipherSuite } from "../cipher_suites.ts";
import type { DtlsRole } from "../protocol.ts";
import { prf } from "./prf.ts";

const MASTER_SECRET_LENGTH = 48;
const VERIFY_DATA_LENGTH = 12; // RFC 5246 section 7.4.9

/** What protects one direction. */
export interface WriteKeys {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
}

/** Everything that is derived from a master secret: record keys, Finished, exported keys. */
export class Secrets {
  readonly #crypto: CryptoProvider;
  readonly #masterSecret: Uint8Array;
  readonly #clientRandom: Uint8Array;
  readonly #serverRandom: Uint8Array;

  constructor(
    crypto: CryptoProvider,
    masterSecret: Uint8Array,
    clientRandom: Uint8Array,
    serverRandom: Uint8Array,
  ) {
    this.#crypto = crypto;
    this.#masterSecret = masterSecret;
    this.#clientRandom = clientRandom;
    this.#serverRandom = serverRandom;
  }

  /**
   * From a premaster secret and the hash of every message up to and including ClientKeyExchange. That hash binds the secret to this
   * handshake with these certificates (RFC 7627 section 4).
   */
  static extended(
    crypto: CryptoProvider,
    premasterSecret: Uint8Array,
    sessionHash: Uint8Array,
    clientRandom: Uint8Array,
    serverRandom: Uint8Array,
  ): Secrets {
    const label = "extended master secret";
    const master = prf(crypto, premasterSecret, label, sessionHash, MASTER_SECRET_LENGTH);
    return new Secrets(crypto, master, clientRandom, serverRandom);
  }

  /** RFC 5246 section 6.3. An AEAD suite has no MAC keys, so the block is two keys and two IVs. */
  keyBlock(suite: CipherSuite): Readonly<Record<DtlsRole, WriteKeys>> {
    const { keyLength, fixedIvLength } = suite;
    const seed = concat([this.#serverRandom, this.#clientRandom]);
    const length = 2 * (keyLength + fixedIvLength);
    const block = prf(this.#crypto, this.#masterSecret, "key expansion", seed, length);
    const ivs = 2 * keyLength;
    return {
      client: {
        key: block.subarray(0, keyLength),
        iv: block.subarray(ivs, ivs + fixedIvLength),
      },
      server: {
        key: block.subarray(keyLength, ivs),
        iv: block.subarray(ivs + fixedIvLength),
      },
    };
  }

  /** The verify_data of the Finished that `sender` sends (RFC 5246 section 7.4.9). */
  verifyData(sender: DtlsRole, transcriptHash: Uint8Array): Uint8Array {
    const label = `${sender} finished`;
    return prf(this.#crypto, this.#masterSecret, label, transcriptHash, VERIFY_DATA_LENGTH);
  }

  /** RFC 5705 section 4, without a context value. */
  export(label: string, length: number): Uint8Array {
    const seed = concat([this.#clientRandom, this.#serverRandom]);
    return prf(this.#crypto, this.#masterSecret, label, seed, length);
  }
}
