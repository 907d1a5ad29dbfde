import { Discards } from "../../core/stage/mod.ts";
import { add32, diff32 } from "../../core/wire/mod.ts";
import type { PayloadDiscard, PayloadPacket } from "./format.ts";
import { MAX_EVENT_DURATION, parseTelephoneEvent, type TelephoneEvent } from "./telephone_event.ts";

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

/** An event, and the latest of the segments that it is told in. */
interface Current extends KeyEvent {
  /** RTP timestamp of the segment's start. */
  readonly segment: number;
  /** How long the segment has lasted so far. */
  readonly segmentDuration: number;
  readonly ended: boolean;
}

/** Makes one start and one end of the many packets of an event (RFC 4733 section 2.5.2). */
export class TelephoneEventReceiver {
  /** What was dropped. */
  readonly discards: Discards<PayloadDiscard> = new Discards();
  /** The last event. */
  #current: Current | undefined;

  /** Takes the next packet. Never throws. */
  push({ payload, timestamp, marker }: PayloadPacket): readonly KeyEvent[] {
    const state = parseTelephoneEvent(payload);
    if (state === undefined) return this.#discard("malformed payload");
    const current = this.#current;
    if (current === undefined) return this.#begin(state, timestamp);
    const age = diff32(timestamp, current.segment);
    if (age < 0) return this.#discard("late packet");
    if (age > 0) {
      return isNextSegment(current, state, age, marker)
        ? this.#goOn(current, state, timestamp)
        : [...this.#missedEnd(current), ...this.#begin(state, timestamp)];
    }
    if (current.ended) return [];
    if (current.event !== state.event) return this.#discard("malformed payload");
    return this.#goOn(current, state, timestamp);
  }

  #begin({ event, volume, duration, end }: TelephoneEvent, timestamp: number): KeyEvent[] {
    const start: KeyEvent = { type: "start", event, timestamp, duration, volume };
    this.#current = { ...start, segment: timestamp, segmentDuration: duration, ended: end };
    return end ? [start, keyEvent(this.#current, "end")] : [start];
  }

  #goOn(current: Current, state: TelephoneEvent, segment: number): KeyEvent[] {
    // A packet that comes late takes nothing back.
    const before = segment === current.segment ? current.segmentDuration : 0;
    const segmentDuration = Math.max(state.duration, before);
    const duration = diff32(add32(segment, segmentDuration), current.timestamp);
    this.#current = {
      ...current,
      ...{ segment, segmentDuration, duration, volume: state.volume, ended: state.end },
    };
    return state.end ? [keyEvent(this.#current, "end")] : [];
  }

  /** All three ends of an event can be lost. */
  #missedEnd(current: Current): KeyEvent[] {
    return current.ended ? [] : [keyEvent(current, "end")];
  }

  #discard(reason: PayloadDiscard): readonly KeyEvent[] {
    this.discards.add(reason);
    return [];
  }
}

/** Whether an event that lasts longer than a packet can say goes on without a pause (RFC 4733 section 2.5.1.3), which has no marker. */
function isNextSegment(
  { event, segmentDuration, ended }: Current,
  state: TelephoneEvent,
  age: number,
  marker: boolean,
): boolean {
  return !marker && !ended && state.event === event && age >= segmentDuration &&
    age <= MAX_EVENT_DURATION;
}

function keyEvent(of: KeyEvent, type: "start" | "end"): KeyEvent {
  const { event, timestamp, duration, volume } = of;
  return { type, event, timestamp, duration, volume };
}
