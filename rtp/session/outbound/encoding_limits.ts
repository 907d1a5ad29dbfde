import type { Millis } from "../../../core/stage/mod.ts";
import type { EncodingParameters } from "../parameters.ts";

/** So many bits may go ahead of their time: what a key frame takes, which those behind it make up for. */
const BITS_AHEAD: Millis = 1000;
/** So many frames may: they don't come as evenly as they were made. */
const FRAMES_AHEAD: Millis = 100;

/** Something of which so much may go in a millisecond. It goes at once, and what comes next waits until its time is paid. */
class Allowance {
  readonly #rate: number;
  readonly #ahead: Millis;
  #debt = 0;
  #at: Millis = 0;

  constructor(rate: number, ahead: Millis) {
    this.#rate = rate;
    this.#ahead = ahead;
  }

  /** Whether what has gone is no more than this share of what may go ahead. Where nothing may, one thing still does. */
  isWithin(share: number, now: Millis): boolean {
    this.#debt = Math.max(0, this.#debt - (now - this.#at) * this.#rate);
    this.#at = now;
    return this.#debt <= share * this.#ahead * this.#rate;
  }

  add(amount: number): void {
    this.#debt += amount;
  }
}

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

function allowance(perSecond: number | undefined, ahead: Millis): Allowance | undefined {
  return perSecond === undefined ? undefined : new Allowance(perSecond / 1000, ahead);
}
