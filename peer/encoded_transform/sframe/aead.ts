/**
 * The authenticated ciphers of SFrame, over WebCrypto: whole frames are longer than what the ciphers of `core/crypto` take, and few.
 *
 * @module
 */
import { timingSafeEqual } from "@std/crypto/timing-safe-equal";
import { concat } from "../../../core/wire/mod.ts";
import { type CipherSuite, CTR_KEY_LENGTH } from "./cipher_suites.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** AEAD.Encrypt and AEAD.Decrypt under one key (RFC 9605 section 4.4). */
export interface SFrameAead {
  /** The ciphertext, with the tag at its end. */
  encrypt(nonce: Bytes, aad: Bytes, plaintext: Bytes): Promise<Bytes>;
  /** The plaintext; undefined if it is not authentic. */
  decrypt(nonce: Bytes, aad: Bytes, ciphertext: Bytes): Promise<Bytes | undefined>;
}

/** The cipher of a suite under a key of `suite.nk` bytes. */
export function createAead(suite: CipherSuite, key: Bytes): Promise<SFrameAead> {
  return suite.mode === "AES-GCM" ? AesGcm.create(suite, key) : AesCtrHmac.create(suite, key);
}

class AesGcm implements SFrameAead {
  readonly #key: CryptoKey;
  readonly #tagLength: number;

  private constructor(key: CryptoKey, tagLength: number) {
    this.#key = key;
    this.#tagLength = tagLength;
  }

  static async create({ nt }: CipherSuite, key: Bytes): Promise<AesGcm> {
    return new AesGcm(await importKey(key, "AES-GCM", ["encrypt", "decrypt"]), nt);
  }

  async encrypt(nonce: Bytes, aad: Bytes, plaintext: Bytes): Promise<Bytes> {
    return new Uint8Array(
      await crypto.subtle.encrypt(this.#parameters(nonce, aad), this.#key, plaintext),
    );
  }

  async decrypt(nonce: Bytes, aad: Bytes, ciphertext: Bytes): Promise<Bytes | undefined> {
    if (ciphertext.length < this.#tagLength) return undefined;
    try {
      const parameters = this.#parameters(nonce, aad);
      return new Uint8Array(await crypto.subtle.decrypt(parameters, this.#key, ciphertext));
    } catch {
      return undefined;
    }
  }

  #parameters(iv: Bytes, additionalData: Bytes): AesGcmParams {
    return { name: "AES-GCM", iv, additionalData, tagLength: this.#tagLength * 8 };
  }
}

/** AES in counter mode, and HMAC over what comes of it, with a short tag (RFC 9605 section 4.5.1). */
class AesCtrHmac implements SFrameAead {
  readonly #encryptionKey: CryptoKey;
  readonly #authenticationKey: CryptoKey;
  readonly #tagLength: number;

  private constructor(encryptionKey: CryptoKey, authenticationKey: CryptoKey, tagLength: number) {
    this.#encryptionKey = encryptionKey;
    this.#authenticationKey = authenticationKey;
    this.#tagLength = tagLength;
  }

  static async create({ hash, nt }: CipherSuite, key: Bytes): Promise<AesCtrHmac> {
    const [encryptionKey, authenticationKey] = await Promise.all([
      importKey(key.subarray(0, CTR_KEY_LENGTH), "AES-CTR", ["encrypt"]),
      importKey(key.subarray(CTR_KEY_LENGTH), { name: "HMAC", hash }, ["sign"]),
    ]);
    return new AesCtrHmac(encryptionKey, authenticationKey, nt);
  }

  async encrypt(nonce: Bytes, aad: Bytes, plaintext: Bytes): Promise<Bytes> {
    const ciphertext = await this.#apply(nonce, plaintext);
    return concat([ciphertext, await this.#tag(nonce, aad, ciphertext)]);
  }

  async decrypt(nonce: Bytes, aad: Bytes, ciphertext: Bytes): Promise<Bytes | undefined> {
    const length = ciphertext.length - this.#tagLength;
    if (length < 0) return undefined;
    const inner = ciphertext.subarray(0, length);
    const tag = await this.#tag(nonce, aad, inner);
    if (!timingSafeEqual(tag, ciphertext.subarray(length))) return undefined;
    return await this.#apply(nonce, inner);
  }

  /** In counter mode, encryption and decryption are the same. */
  async #apply(nonce: Bytes, data: Bytes): Promise<Bytes> {
    const counter = concat([nonce, new Uint8Array(4)]);
    const parameters = { name: "AES-CTR", counter, length: 32 };
    return new Uint8Array(await crypto.subtle.encrypt(parameters, this.#encryptionKey, data));
  }

  async #tag(nonce: Bytes, aad: Bytes, ciphertext: Bytes): Promise<Bytes> {
    const lengths = new DataView(new ArrayBuffer(24));
    [aad.length, ciphertext.length, this.#tagLength].forEach((length, index) =>
      lengths.setBigUint64(8 * index, BigInt(length))
    );
    const input = concat([new Uint8Array(lengths.buffer), nonce, aad, ciphertext]);
    const mac = await crypto.subtle.sign("HMAC", this.#authenticationKey, input);
    return new Uint8Array(mac, 0, this.#tagLength);
  }
}

function importKey(
  key: Bytes,
  algorithm: string | HmacImportParams,
  usages: KeyUsage[],
): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", key, algorithm, false, usages);
}
