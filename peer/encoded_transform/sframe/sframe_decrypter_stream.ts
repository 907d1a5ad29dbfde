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
 * Decrypts frames of SFrame (RFC 9605; W3C WebRTC Encoded Transform section 3), in a transformer or for any other use. What can't be
 * decrypted is left out, and told with an `error` event. It is up to the application to refuse what comes twice (RFC 9605 section 9.3).
 */
export class SFrameDecrypterStream extends EventTarget {
  readonly #keys: KeyManagement;
  readonly #stream: TransformStream<unknown, unknown>;

  /** A stream that has no key yet. Throws a TypeError if `options` name no cipher suite. */
  constructor(options: SFrameTransformOptions = {} as SFrameTransformOptions) {
    super();
    this.#keys = new KeyManagement(this, options);
    this.#stream = sframeStream(this.#keys, "decrypt");
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
   * Sets the key with an id: 0 if there is none. `key` is one for HKDF.
   *
   * Rejects with a RangeError if `keyID` has more than 64 bits, and with an `InvalidModificationError` if the key can't be used.
   */
  setEncryptionKey(key: CryptoKey, keyID: CryptoKeyID | undefined = undefined): Promise<void> {
    const given = arguments.length;
    return promised(() => this.#keys.setEncryptionKey(given, key, keyID));
  }
}

/** Typed events. */
export interface SFrameDecrypterStream extends EventHandlers<SFrameKeyManagementEventMap> {
  /** Appends a listener. */
  addEventListener: Listen<SFrameKeyManagementEventMap>;
  /** Removes a listener. */
  removeEventListener: Unlisten<SFrameKeyManagementEventMap>;
}

defineInterface(SFrameDecrypterStream, { handlers: ["error"] });
