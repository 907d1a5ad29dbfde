import type { Millis } from "../../../core/stage/mod.ts";
import { type TelephoneEventPayload, telephoneEventPayloads } from "../../payload/mod.ts";
import type { RtpFormat } from "../parameters.ts";

/** How often a key that is pressed is told of, in milliseconds (RFC 4733 section 2.5.1.2 asks for the packet time of the audio). */
const STEP: Millis = 20;

/** Packets of tones that wait at most: a minute of them. */
const MAX_WAITING = 3000;

/** A packet of a tone. */
export interface TonePacket extends TelephoneEventPayload {
  readonly payloadType: number;
  readonly timestamp: number;
}

/** The keys that a sender presses, one after the other (RFC 4733). */
export class ToneQueue {
  readonly #waiting: { at: Millis; readonly packet: TonePacket }[] = [];
  /** When the last key is let go, and when its end has been told. */
  #letGo: Millis = -Infinity;
  #until: Millis = -Infinity;

  /** Presses a key for so long. `timestampAt` tells the RTP timestamp of a moment. Returns false if too many wait already. */
  press(
    event: number,
    duration: Millis,
    format: RtpFormat,
    timestampAt: (at: Millis) => number,
    now: Millis,
  ): boolean {
    const start = Math.max(now, this.#letGo);
    const perMilli = format.clockRate / 1000;
    const payloads = telephoneEventPayloads(
      event,
      Math.max(1, Math.round(duration * perMilli)),
      Math.round(STEP * perMilli),
    );
    if (this.#waiting.length + payloads.length > MAX_WAITING) return false;
    // The next key does not wait until the end of the last one has been told at leisure: gaps are no longer than they are asked for.
    for (const waiting of this.#waiting) waiting.at = Math.min(waiting.at, start);
    const begin = timestampAt(start);
    for (const payload of payloads) {
      const timestamp = (begin + payload.timestampOffset) >>> 0;
      this.#waiting.push({
        at: start + payload.sendOffset / perMilli,
        packet: { ...payload, payloadType: format.payloadType, timestamp },
      });
    }
    this.#letGo = start + duration;
    // The end is told three times (RFC 4733 section 2.5.1.4).
    this.#until = start + payloads.at(-1)!.sendOffset / perMilli + STEP;
    return true;
  }

  /** Whether a key is pressed still. */
  isSounding(now: Millis): boolean {
    return now < this.#letGo;
  }

  /**
   * Whether a key is pressed, or its end is being told: the audio is not sent meanwhile, for the key takes its place in the stream like
   * another codec (RFC 4733 section 2.1), as in browsers.
   */
  isPressed(now: Millis): boolean {
    return now < this.#until;
  }

  /** The packets that are due. */
  take(now: Millis): TonePacket[] {
    const packets: TonePacket[] = [];
    while (this.#waiting.length > 0 && this.#waiting[0]!.at <= now) {
      packets.push(this.#waiting.shift()!.packet);
    }
    return packets;
  }

  get nextTimeout(): Millis | undefined {
    return this.#waiting[0]?.at;
  }
}
