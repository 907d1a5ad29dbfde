import type { BufferedItem, RtpPacket } from "../../rtp/mod.ts";

/**
 * Counts the video frames that arrive in whole and those that don't, from packets in sequence and the gaps between them: a frame is the
 * packets of one timestamp, up to the marker (as RFC 7741 section 4.1 and the other video formats have it).
 */
export class FrameCompleteness {
  readonly #isStart: (payload: Uint8Array) => boolean;
  #timestamp: number | undefined;
  #open = false;
  #damaged = false;
  /** Whether a gap stands before the next packet; at the very beginning it may be the middle of a frame. */
  #gap = true;
  #complete = 0;
  #incomplete = 0;

  /**
   * `isStart` tells from a payload that a frame begins with it. Without it, a frame behind a gap counts as damaged even if all of the
   * missing packets are of the frame before.
   */
  constructor(isStart: (payload: Uint8Array) => boolean = () => false) {
    this.#isStart = isStart;
  }

  /** Frames of which no packet was missing. */
  get complete(): number {
    return this.#complete;
  }

  /** Frames of which something was missing. Of frames that are missing in whole, those of one gap count as one at most. */
  get incomplete(): number {
    return this.#incomplete;
  }

  /** Takes what a jitter buffer gives. */
  push(items: readonly BufferedItem[]): void {
    for (const item of items) {
      if (item.type === "packet") this.#packet(item.packet);
      else this.#missing();
    }
  }

  #missing(): void {
    this.#gap = true;
    if (this.#open) this.#damaged = true;
  }

  #packet({ payload, timestamp, marker }: RtpPacket): void {
    // Mere padding is of no frame.
    if (payload.length === 0) return;
    if (timestamp !== this.#timestamp || !this.#open) {
      if (this.#open) this.#end();
      this.#open = true;
      this.#damaged = this.#gap && !this.#isStart(payload);
      this.#timestamp = timestamp;
    }
    this.#gap = false;
    if (marker) this.#end();
  }

  #end(): void {
    if (this.#damaged) this.#incomplete++;
    else this.#complete++;
    this.#open = false;
  }
}
