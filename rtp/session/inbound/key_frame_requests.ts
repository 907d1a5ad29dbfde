import type { Millis } from "../../../core/stage/mod.ts";
import type { FullIntraRequest, PictureLossIndication } from "../../rtcp/mod.ts";

/**
 * A stream is asked for a key frame no more often than this, and so is an encoder of ours: it takes the sender a round trip and the
 * encoder's time to answer, and a peer that asks without end must not have every frame be one. libwebrtc's number.
 */
export const KEY_FRAME_INTERVAL: Millis = 300;

/** A request of ours. */
export type KeyFrameRequest = PictureLossIndication | FullIntraRequest;

/** Asks one stream for key frames: by PLI (RFC 4585 section 6.3.1), or by FIR where only that was agreed on (RFC 5104 section 4.3.1). */
export class KeyFrameRequests {
  readonly #ssrc: number;
  #wanted = false;
  #asked: Millis | undefined;
  #firSequence = 0;
  #plis = 0;
  #firs = 0;

  constructor(ssrc: number) {
    this.#ssrc = ssrc;
  }

  get pliCount(): number {
    return this.#plis;
  }

  get firCount(): number {
    return this.#firs;
  }

  /** A key frame is needed. */
  want(): void {
    this.#wanted = true;
  }

  /** A key frame has come. */
  satisfied(): void {
    this.#wanted = false;
  }

  /** When {@linkcode KeyFrameRequests.take} has something to ask. */
  get nextTimeout(): Millis | undefined {
    if (!this.#wanted) return undefined;
    return this.#asked === undefined ? 0 : this.#asked + KEY_FRAME_INTERVAL;
  }

  /** The request that is due. It is asked again until a key frame comes. */
  take(senderSsrc: number, kind: "pli" | "fir", now: Millis): KeyFrameRequest | undefined {
    if (!this.#wanted || now < (this.nextTimeout ?? 0)) return undefined;
    this.#asked = now;
    const mediaSsrc = this.#ssrc;
    if (kind === "pli") {
      this.#plis++;
      return { type: "PLI", senderSsrc, mediaSsrc };
    }
    this.#firs++;
    // RFC 5104 section 4.3.1.1: the same number again would ask for the same key frame, which may have come and been lost.
    const sequence = this.#firSequence++ & 0xff;
    return { type: "FIR", senderSsrc, entries: [{ ssrc: mediaSsrc, sequence }] };
  }
}
