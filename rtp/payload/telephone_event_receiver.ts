import { Discards } from "../../core/stage/mod.ts";
import { diff32 } from "../../core/wire/mod.ts";
import type { PayloadDiscard, PayloadPacket } from "./format.ts";
import { parseTelephoneEvent } from "./telephone_event.ts";

/** A key was pressed, or let go. */
export interface KeyEvent {
  /** Which of the two. */
  readonly type: "start" | "end";
  /** See `TelephoneEvent.event`. */
  readonly event: number;
  /** RTP timestamp of the event's start. */
  readonly timestamp: number;
  /** How long it has lasted so far, in units of the RTP clock. */
  readonly duration: number;
  /** Below full scale, in decibels. */
  readonly volume: number;
}

/** Makes one start and one end of the many packets of an event (RFC 4733 section 2.5.2). */
export class TelephoneEventReceiver {
  /** What was dropped. */
  readonly discards: Discards<PayloadDiscard> = new Discards();
  /** The last event; `ended` says whether it is over. */
  #current: (KeyEvent & { ended: boolean }) | undefined;

  /** Takes the next packet. Never throws. */
  push({ payload, timestamp }: PayloadPacket): readonly KeyEvent[] {
    const state = parseTelephoneEvent(payload);
    if (state === undefined) {
      this.discards.add("malformed payload");
      return [];
    }
    const { event, volume, duration, end } = state;
    const current = this.#current;
    const age = current === undefined ? 1 : diff32(timestamp, current.timestamp);
    if (age < 0) {
      this.discards.add("late packet");
      return [];
    }
    const events: KeyEvent[] = [];
    if (current === undefined || age > 0) {
      // All three ends of the event before can have been lost.
      if (current !== undefined && !current.ended) events.push(keyEvent(current, "end"));
      events.push({ type: "start", event, timestamp, duration, volume });
    } else if (current.ended) {
      return [];
    } else if (current.event !== event) {
      this.discards.add("malformed payload");
      return [];
    }
    // A packet that comes late takes nothing back.
    const longest = Math.max(duration, age === 0 ? current?.duration ?? 0 : 0);
    this.#current = { type: "start", event, timestamp, duration: longest, volume, ended: end };
    if (end) events.push(keyEvent(this.#current, "end"));
    return events;
  }
}

function keyEvent(of: KeyEvent, type: "start" | "end"): KeyEvent {
  const { event, timestamp, duration, volume } = of;
  return { type, event, timestamp, duration, volume };
}
