import { promised } from "../../../webidl/promised.ts";
import {
  defineInterface,
  type EventHandlers,
  type Listen,
  type Unlisten,
} from "../../../webidl/interface.ts";
import {
  type CryptoKeyID,
  KeyManagement,
  type SFrameKeyManagementEventMap,
  type SFrameTransformOptions,
} from "./key_management.ts";
import { sframeStream } from "./sframe_stream.ts";

/**
 * Encrypts frames with SFrame (RFC 9605; W3C WebRTC Encoded Transform section 3), in a transformer or for any other use.
 *
 * @example
 * ```ts
 * import { SFrameDecrypterStream, SFrameEncrypterStream } from "@heron/webrtc";
 * import { assertEquals } from "@std/assert";
 *
 * const secret = crypto.getRandomValues(new Uint8Array(16));
 * const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
 * const encrypter = new SFrameEncrypterStream({ cipherSuite: "AES_128_GCM_SHA256_128" });
 * const decrypter = new SFrameDecrypterStream({ cipherSuite: "AES_128_GCM_SHA256_128" });
 * await encrypter.setEncryptionKey(key, 7);
 * await decrypter.setEncryptionKey(key, 7);
 *
 * const plain = ReadableStream.from([new TextEncoder().encode("a frame")]);
 * for await (const data of plain.pipeThrough(encrypter).pipeThrough(decrypter)) {
 *   assertEquals(new TextDecoder().decode(data as ArrayBuffer), "a frame");
 * }
 * ```
 */
export class SFrameEncrypterStream extends EventTarget {
  readonly #keys: KeyManagement;
  readonly #stream: TransformStream<unknown, unknown>;

  /** A stream that has no key yet. Throws a TypeError if `options` name no cipher suite. */
  constructor(options: SFrameTransformOptions = {} as SFrameTransformOptions) {
    super();
    this.#keys = new KeyManagement(this, options);
    this.#stream = sframeStream(this.#keys, "encrypt");
  }

  /** What comes of what is written: a frame for a frame, an `ArrayBuffer` for bytes. */
  get readable(): ReadableStream<unknown> {
    return this.#stream.readable;
  }

  /** Takes `RTCEncodedVideoFrame`s, `RTCEncodedAudioFrame`s and bytes (a BufferSource each); ignores anything else. */
  get writable(): WritableStream<unknown> {
    return this.#stream.writable;
  }

  /**
   * Sets the key to encrypt with from now on, and its id: 0 if there is none. `key` is one for HKDF, and used by this stream only.
   *
   * Rejects with a RangeError if `keyID` has more than 64 bits, and with an `InvalidModificationError` if the key can't be used.
   */
  setEncryptionKey(key: CryptoKey, keyID: CryptoKeyID | undefined = undefined): Promise<void> {
    const given = arguments.length;
    return promised(() => this.#keys.setEncryptionKey(given, key, keyID));
  }
}

/** Typed events. */
export interface SFrameEncrypterStream extends EventHandlers<SFrameKeyManagementEventMap> {
  /** Appends a listener. */
  addEventListener: Listen<SFrameKeyManagementEventMap>;
  /** Removes a listener. */
  removeEventListener: Unlisten<SFrameKeyManagementEventMap>;
}

defineInterface(SFrameEncrypterStream, { handlers: ["error"] });
