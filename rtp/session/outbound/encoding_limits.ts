import type { Millis } from "../../../core/stage/mod.ts";
import type { EncodingParameters } from "../parameters.ts";
import { type Allowance, allowance, BITS_AHEAD } from "./allowance.ts";

/** So many frames may: they don't come as evenly as they were made. */
const FRAMES_AHEAD: Millis = 100;

/**
 * Keeps an encoding within its `maxBitrate` and `maxFramerate` (W3C WebRTC section 5.2, RTCRtpEncodingParameters): what is encoded already
 * can only be left out. Bits are those of the payload (RFC 3890 section 6.2.2). A limit of 0 lets one more frame leave.
 */
export class EncodingLimits {
  #maxBitrate: number | undefined;
  #maxFramerate: number | undefined;
  #bits: Allowance | undefined;
  #frames: Allowance | undefined;

  /** Follows the parameters of the encoding. */
  configure({ maxBitrate, maxFramerate }: EncodingParameters): void {
    if (maxBitrate !== this.#maxBitrate) this.#bits = allowance(maxBitrate, BITS_AHEAD);
    if (maxFramerate !== this.#maxFramerate) {
      this.#frames = allowance(maxFramerate, FRAMES_AHEAD);
    }
    this.#maxBitrate = maxBitrate;
    this.#maxFramerate = maxFramerate;
  }

  /** Whether a frame may leave now. */
  allows(now: Millis): boolean {
    return this.#isWithin(1, now);
  }

  /** Whether several may, beginning with a key frame. */
  hasRoom(now: Millis): boolean {
    return this.#isWithin(0.5, now);
  }

  /** A frame leaves, or is about to. */
  frame(): void {
    this.#frames?.add(1);
  }

  /** Bytes of it do. */
  bytes(bytes: number): void {
    this.#bits?.add(8 * bytes);
  }

  #isWithin(share: number, now: Millis): boolean {
    return [this.#bits, this.#frames].every((one) => one?.isWithin(share, now) ?? true);
  }
}
