import { CIPHER_SUITES, type CipherSuite, type SFrameCipherSuite } from "./cipher_suites.ts";
import { decryptFrame, encryptFrame } from "./frame_cipher.ts";
import { parseSFrameHeader } from "./header.ts";
import { deriveKey, type SFrameKey } from "./key_schedule.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Why a ciphertext can't be decrypted, and for an unknown key which one it is. */
export type SFrameFailure =
  | { readonly error: "syntax" | "authentication" }
  | { readonly error: "keyID"; readonly kid: bigint };

/** Keys, and what is done with them (RFC 9605 section 4.4): the `key_store` of one stream of frames. */
export class SFrameContext {
  readonly #suite: CipherSuite;
  readonly #keys = new Map<bigint, SFrameKey>();
  /** The latest key. */
  #current: SFrameKey | undefined;
  /**
   * The counter of the next frame. It goes on when the key changes, so that setting the same key again never uses a nonce twice (RFC 9605
   * section 9.1).
   */
  #ctr = 0n;

  constructor(suite: SFrameCipherSuite) {
    this.#suite = CIPHER_SUITES[suite];
  }

  /** Sets the key with an id, which is also the one to encrypt with from now on. Rejects for a key that can't be used. */
  async setKey(baseKey: CryptoKey, kid: bigint): Promise<void> {
    this.#current = await deriveKey(this.#suite, kid, baseKey);
    this.#keys.set(kid, this.#current);
  }

  /** The ciphertext with its header; undefined while there is no key. */
  async encrypt(plaintext: Bytes): Promise<Bytes | undefined> {
    return this.#current && await encryptFrame(this.#current, this.#ctr++, plaintext);
  }

  /** The plaintext, or why there is none. */
  async decrypt(data: Bytes): Promise<Bytes | SFrameFailure> {
    const parsed = parseSFrameHeader(data);
    if (parsed === undefined || data.length < parsed.length + this.#suite.nt) {
      return { error: "syntax" };
    }
    const { kid } = parsed.header;
    const key = this.#keys.get(kid);
    if (key === undefined) return { error: "keyID", kid };
    return await decryptFrame(key, parsed, data) ?? { error: "authentication" };
  }
}
