import type { Millis } from "../../core/stage/mod.ts";

/**
 * The most sources of others that count. A peer which makes up sources makes us report less often, though no less than their share; and
 * with fewer than 50 members, a goodbye need not wait (RFC 3550 section 6.3.7).
 */
export const MAX_MEMBERS = 48;

interface Member {
  heard: Millis;
  sent: Millis | undefined;
}

/** Who is in the session besides us (RFC 3550 section 6.2.1). */
export class MemberTable {
  /** In the order in which they were heard last. */
  readonly #members = new Map<number, Member>();

  /** Sources of others. */
  get size(): number {
    return this.#members.size;
  }

  /** How many of them send media. */
  get senders(): number {
    let senders = 0;
    for (const { sent } of this.#members.values()) if (sent !== undefined) senders++;
    return senders;
  }

  /** A source has been heard by RTCP, or by media: then it is a sender. */
  heard(ssrc: number, now: Millis, media: boolean): void {
    let member = this.#members.get(ssrc);
    if (member === undefined) member = { heard: now, sent: undefined };
    else this.#members.delete(ssrc);
    if (this.#members.size === MAX_MEMBERS) this.#forgetOldest();
    member.heard = now;
    if (media) member.sent = now;
    this.#members.set(ssrc, member);
  }

  /** A source has said goodbye. Returns whether it was a member. */
  leave(ssrc: number): boolean {
    return this.#members.delete(ssrc);
  }

  /** Forgets members that were silent since `heardBefore`, and that those are senders whose media ended before `sentBefore`. */
  expire(heardBefore: Millis, sentBefore: Millis): void {
    for (const [ssrc, member] of this.#members) {
      if (member.heard < heardBefore) this.#members.delete(ssrc);
      else if (member.sent !== undefined && member.sent < sentBefore) member.sent = undefined;
    }
  }

  #forgetOldest(): void {
    for (const ssrc of this.#members.keys()) {
      this.#members.delete(ssrc);
      return;
    }
  }
}
