import { promised } from "../../../webidl/promised.ts";
import {
  defineInterface,
  type EventHandlers,
  type Listen,
  type Unlisten,
} from "../../../webidl/interface.ts";
import { frameOf } from "../chunk_frames.ts";
import type { FramePipe } from "../frame_pipe.ts";
import type { CountedChunk, FrameTransform } from "../frame_transform.ts";
import { UnreadFrames } from "../unread_frames.ts";
import {
  type CryptoKeyID,
  KeyManagement,
  type SFrameKeyManagementEventMap,
  type SFrameTransformOptions,
} from "./key_management.ts";

/** What stands behind a transform. Throws a TypeError for anything else. */
export let sframeTransformOf: (transform: SFrameTransform) => FrameTransform;

/**
 * Encrypts what a sender sends, or decrypts what a receiver receives, end to end with SFrame (RFC 9605; W3C WebRTC Encoded Transform section
 * 3): set it as `sender.transform` or `receiver.transform`. Without a key, nothing is sent.
 *
 * This is for audio. The payload formats of video look for its structure, which encryption of whole frames hides (RFC 9605 section 6): VP8
 * and VP9 get through, though key frames can't be told any more after a loss; H264, H265 and AV1 don't. A script that leaves the first
 * bytes of a frame in the clear is what video takes.
 *
 * A key that is set is used by one sender only: two that encrypt with the same key would use the same nonces (RFC 9605 section 9.1).
 *
 * @example
 * ```ts
 * import { RTCPeerConnection, SFrameTransform } from "@heron/webrtc";
 *
 * const secret = crypto.getRandomValues(new Uint8Array(16));
 * const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
 * const connection = new RTCPeerConnection();
 * const { sender } = connection.addTransceiver("audio");
 * const transform = new SFrameTransform({ cipherSuite: "AES_128_GCM_SHA256_128" });
 * await transform.setEncryptionKey(key, 7);
 * sender.transform = transform;
 * connection.close();
 * ```
 */
export class SFrameTransform extends EventTarget {
  static {
    sframeTransformOf = (transform) => transform.#frames;
  }

  readonly #keys: KeyManagement;
  readonly #frames: SFrameFrames;

  /** A transform that has no key yet. Throws a TypeError if `options` name no cipher suite. */
  constructor(options: SFrameTransformOptions = {} as SFrameTransformOptions) {
    super();
    this.#keys = new KeyManagement(this, options);
    this.#frames = new SFrameFrames(this.#keys);
  }

  /**
   * Sets the key with an id, 0 if there is none; the last one that was set encrypts. `key` is one for HKDF.
   *
   * Rejects with a RangeError if `keyID` has more than 64 bits, and with an `InvalidModificationError` if the key can't be used.
   */
  setEncryptionKey(key: CryptoKey, keyID: CryptoKeyID | undefined = undefined): Promise<void> {
    const given = arguments.length;
    return promised(() => this.#keys.setEncryptionKey(given, key, keyID));
  }
}

/** Typed events. */
export interface SFrameTransform extends EventHandlers<SFrameKeyManagementEventMap> {
  /** Appends a listener. */
  addEventListener: Listen<SFrameKeyManagementEventMap>;
  /** Removes a listener. */
  removeEventListener: Unlisten<SFrameKeyManagementEventMap>;
}

defineInterface(SFrameTransform, { handlers: ["error"] });

/** The frames of a sender or receiver, on their way through SFrame one after the other. */
class SFrameFrames implements FrameTransform {
  owner: FramePipe | null = null;
  readonly #keys: KeyManagement;
  /** Those that wait for a cipher or a key. */
  readonly #waiting = new UnreadFrames();
  #last: Promise<void> = Promise.resolve();

  constructor(keys: KeyManagement) {
    this.#keys = keys;
  }

  attach(): void {}

  push(frame: CountedChunk): void {
    if (!this.#waiting.admit(frame.chunk)) return;
    const owner = this.owner!;
    this.#last = this.#last.then(() => this.#transform(owner, frame)).finally(() => {
      this.#waiting.read();
    });
  }

  detach(): void {}

  end(): void {}

  /** The SFrame transform algorithm (W3C WebRTC Encoded Transform section 3.1). */
  async #transform(pipe: FramePipe, { counter, chunk }: CountedChunk): Promise<void> {
    await this.#keys.settled;
    const { context } = this.#keys;
    const data = new Uint8Array(chunk.data);
    const result = pipe.owner.side === "sender"
      ? await context.encrypt(data)
      : await context.decrypt(data);
    if (result instanceof Uint8Array) pipe.write(this, counter, result);
    else if (result !== undefined) this.#keys.failed(result, frameOf(pipe.owner, chunk));
  }
}
