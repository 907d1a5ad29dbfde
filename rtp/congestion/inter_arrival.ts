import type { Millis } from "../../core/stage/mod.ts";
import type { ArrivedPacket } from "./packet_result.ts";

/** Packets sent within so many ms are one group (draft-ietf-rmcat-gcc-02 section 5.2). */
const BURST_TIME = 5;

/** A burst that the network made ends after so many ms all the same. libwebrtc only. */
const MAX_BURST_DURATION = 100;

/** When the receiver's clock runs ahead of ours by so many ms from one group to the next, it has jumped. libwebrtc only. */
const MAX_CLOCK_JUMP = 3000;

/** So many groups in a row that arrive before their predecessors mean that the clock has jumped back. libwebrtc only. */
const MAX_REORDERED_GROUPS = 3;

/** How one group of packets followed another. */
export interface GroupDelta {
  /** Between their departures, in ms: T(i) - T(i-1). */
  readonly send: Millis;
  /** Between their arrivals, in ms: t(i) - t(i-1). */
  readonly arrival: Millis;
  /** When the later one arrived. */
  readonly receivedAt: Millis;
}

interface Group {
  readonly firstSent: Millis;
  readonly firstArrival: Millis;
  lastSent: Millis;
  lastArrival: Millis;
  reportedAt: Millis;
}

/**
 * Groups packets that were sent in one burst, or that the network delivered as one, and measures how groups follow each other
 * (draft-ietf-rmcat-gcc-02 sections 5.1 and 5.2).
 */
export class InterArrival {
  #current: Group | undefined;
  #previous: Group | undefined;
  #reordered = 0;

  /** Takes the next packet; when it begins a new group, returns how the two groups before it followed each other. */
  push(packet: ArrivedPacket, now: Millis): GroupDelta | undefined {
    const current = this.#current;
    if (current === undefined) {
      this.#current = groupOf(packet, now);
      return undefined;
    }
    // A packet that was overtaken tells nothing of its group's delay.
    if (packet.sentAt < current.firstSent) return undefined;
    if (belongs(packet, current)) {
      current.lastSent = Math.max(current.lastSent, packet.sentAt);
      current.lastArrival = packet.receivedAt;
      current.reportedAt = now;
      return undefined;
    }
    return this.#next(current, groupOf(packet, now));
  }

  #next(finished: Group, begun: Group): GroupDelta | undefined {
    const previous = this.#previous;
    this.#previous = finished;
    this.#current = begun;
    if (previous === undefined) return undefined;
    const arrival = finished.lastArrival - previous.lastArrival;
    const jump = arrival - (finished.reportedAt - previous.reportedAt);
    if (jump >= MAX_CLOCK_JUMP) return this.reset();
    if (arrival < 0) {
      if (++this.#reordered >= MAX_REORDERED_GROUPS) this.reset();
      return undefined;
    }
    this.#reordered = 0;
    const send = finished.lastSent - previous.lastSent;
    return { send, arrival, receivedAt: finished.lastArrival };
  }

  /** Forgets all groups. */
  reset(): undefined {
    this.#current = undefined;
    this.#previous = undefined;
    this.#reordered = 0;
  }
}

function groupOf({ sentAt, receivedAt }: ArrivedPacket, now: Millis): Group {
  return {
    firstSent: sentAt,
    firstArrival: receivedAt,
    lastSent: sentAt,
    lastArrival: receivedAt,
    reportedAt: now,
  };
}

function belongs({ sentAt, receivedAt }: ArrivedPacket, group: Group): boolean {
  if (sentAt - group.firstSent <= BURST_TIME) return true;
  // What waited in the network for a transmission opportunity arrives at once, and its delay says nothing of queues.
  const arrival = receivedAt - group.lastArrival;
  const shrunk = arrival < sentAt - group.lastSent;
  return shrunk && arrival <= BURST_TIME &&
    receivedAt - group.firstArrival < MAX_BURST_DURATION;
}
