/** The longest that one event can say that it lasts, in units of the clock (RFC 4733 section 2.3.5). */
export const MAX_EVENT_DURATION = 0xffff;

/** How often the end of an event is said (RFC 4733 section 2.5.1.4). */
const END_REPETITIONS = 3;

/** The state of a key that is pressed (RFC 4733 section 2.3). */
export interface TelephoneEvent {
  /** 0 to 9, 10 for `*`, 11 for `#`, 12 to 15 for A to D (RFC 4733 section 3.2). */
  readonly event: number;
  /** Whether this is all of it. */
  readonly end: boolean;
  /** Below full scale, from 0 to 63, in decibels. */
  readonly volume: number;
  /** How long it has lasted so far, in units of the RTP clock. */
  readonly duration: number;
}

/** Keys of a telephone, each at the number of its event (RFC 4733 section 3.2). */
export const DTMF_KEYS = "0123456789*#ABCD";

/**
 * Reads a telephone event; undefined if it is too short. What follows it would be more events, which no one sends in WebRTC.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |     event     |E|R| volume    |          duration             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function parseTelephoneEvent(payload: Uint8Array): TelephoneEvent | undefined {
  if (payload.length < 4) return undefined;
  return {
    event: payload[0]!,
    end: (payload[1]! & 0x80) !== 0,
    volume: payload[1]! & 0x3f,
    duration: payload[2]! << 8 | payload[3]!,
  };
}

/** Writes a telephone event. */
export function writeTelephoneEvent(state: TelephoneEvent): Uint8Array<ArrayBuffer> {
  const { event, end, volume, duration } = state;
  return Uint8Array.of(event, (end ? 0x80 : 0) | volume & 0x3f, duration >> 8, duration);
}

/** A payload of an event and when it is to go. */
export interface TelephoneEventPayload {
  /** What goes into a packet. */
  readonly payload: Uint8Array;
  /** On the first packet of the event only (RFC 4733 section 2.5.1.2). */
  readonly marker: boolean;
  /** What to add to the RTP timestamp of the event's start: not 0 only in the later parts of a very long event. */
  readonly timestampOffset: number;
  /** When it goes, in units of the RTP clock after the event's start. */
  readonly sendOffset: number;
}

/**
 * All payloads of one key, in the order in which they go: an update with every `step` of the clock and the end three times
 * (RFC 4733 section 2.5.1). An event that lasts longer than a packet can say goes on in a second one (RFC 4733 section 2.5.1.3).
 */
export function telephoneEventPayloads(
  event: number,
  duration: number,
  step: number,
  volume = 10,
): TelephoneEventPayload[] {
  const payloads: TelephoneEventPayload[] = [];
  // A segment is a whole number of steps, so that updates stay in their rhythm.
  const segment = Math.max(step, MAX_EVENT_DURATION - MAX_EVENT_DURATION % step);
  for (let elapsed = step; elapsed < duration; elapsed += step) {
    const timestampOffset = Math.floor((elapsed - 1) / segment) * segment;
    const state = { event, end: false, volume, duration: elapsed - timestampOffset };
    const marker = payloads.length === 0;
    const payload = writeTelephoneEvent(state);
    payloads.push({ payload, marker, timestampOffset, sendOffset: elapsed });
  }
  const timestampOffset = Math.floor(Math.max(duration - 1, 0) / segment) * segment;
  const end = { event, end: true, volume, duration: duration - timestampOffset };
  for (let i = 0; i < END_REPETITIONS; i++) {
    const marker = payloads.length === 0;
    const payload = writeTelephoneEvent(end);
    payloads.push({ payload, marker, timestampOffset, sendOffset: duration + i * step });
  }
  return payloads;
}
