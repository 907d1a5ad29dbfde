import type { Millis } from "../core/stage/mod.ts";
import type { TransportAddress } from "../core/wire/mod.ts";
import type { Relay } from "./candidate.ts";
import type { Gathering } from "./gathering.ts";
import type { IceSession } from "./session.ts";
import type { IceTransportState } from "./transport_state.ts";

/** What an ICE restart begins anew (RFC 8445 section 9). */
export interface Generation {
  readonly session: IceSession;
  readonly gathering: Gathering;
}

interface BeforeRestart {
  readonly generation: Generation;
  readonly restartedFrom: IceTransportState;
}

/** The present generation, the session before it for as long as its pair may be in use, and what a rollback returns to. */
export class Generations {
  #present: Generation;
  #previous: IceSession | undefined;
  /** When the session before a restart is forgotten, once the new one has a pair. */
  #previousEndsAt: Millis | undefined;
  /** Until the peer's parameters are known, a restart is only an offer. */
  #beforeRestart: BeforeRestart | undefined;
  #restartedFrom: IceTransportState = "new";

  /** Begins with the first generation. */
  constructor(first: Generation) {
    this.#present = first;
  }

  /** The generation that was begun last. */
  get present(): Generation {
    return this.#present;
  }

  /** The session before a restart: its pair is in use until there is a new one, and its data is taken for a while longer. */
  get previous(): IceSession | undefined {
    return this.#previous;
  }

  /** When {@linkcode Generations.leavePrevious} has something to do. */
  get nextTimeout(): Millis | undefined {
    return this.#previousEndsAt;
  }

  /** The state in which the latest restart began or, once the peer has agreed, in which it did; "new" if there was none. */
  get restartedFrom(): IceTransportState {
    return this.#restartedFrom;
  }

  /** The sessions whose checks are answered. */
  get sessions(): readonly IceSession[] {
    const { session } = this.#present;
    return this.#previous === undefined ? [session] : [session, this.#previous];
  }

  /** A base has gone: from every generation, also from one that a rollback would bring back. */
  loseBase(base: TransportAddress, now: Millis): void {
    this.#present.gathering.removeBase(base);
    this.#beforeRestart?.generation.gathering.removeBase(base);
    for (const session of this.#everySession) session.loseBase(base, now);
  }

  /** Whether a candidate of any session leads through this relay, also of one that a rollback would bring back. */
  use(relay: Relay): boolean {
    return [...this.#everySession].some((session) => session.uses(relay));
  }

  get #everySession(): Set<IceSession> {
    const { session } = this.#beforeRestart?.generation ?? this.#present;
    return new Set([...this.sessions, session]);
  }

  /** A restart, in this state of the transport. */
  begin(next: Generation, state: IceTransportState): void {
    const generation = this.#present;
    this.#beforeRestart ??= { generation, restartedFrom: this.#restartedFrom };
    if (generation.session.usable) {
      this.#previous = generation.session;
      this.#previousEndsAt = undefined;
      this.#previous.retire();
    }
    this.#restartedFrom = state;
    this.#present = next;
  }

  /** The peer's parameters are there, in this state of the transport: a restart can't be taken back any more. */
  agreed(state: IceTransportState): void {
    this.#beforeRestart = undefined;
    const isAnswer = this.#present.session.remote === undefined && this.#restartedFrom !== "new";
    if (isAnswer) this.#restartedFrom = state;
  }

  /** Takes a restart back (RFC 9429 section 4.1.10.2); false if there is none that could be. */
  rollBack(now: Millis): boolean {
    const before = this.#beforeRestart;
    if (before === undefined) return false;
    this.#beforeRestart = this.#previous = this.#previousEndsAt = undefined;
    this.#present = before.generation;
    this.#restartedFrom = before.restartedFrom;
    this.#present.session.resume(now);
    return true;
  }

  /**
   * Data leaves over the new pair once there is one. The peer may select it later, since its check or our answer was lost: for as long as
   * it may think that it has consent on the old pair, what it sends there is taken, and its checks there are answered.
   */
  leavePrevious(consentExpiry: Millis, now: Millis): void {
    const previous = this.#previous;
    if (previous === undefined) return;
    if (this.#present.session.selected !== undefined && this.#previousEndsAt === undefined) {
      previous.consent.stop();
      this.#previousEndsAt = now + consentExpiry; // RFC 7675 section 5.1
    }
    const ended = this.#previousEndsAt === undefined
      ? !previous.usable
      : this.#previousEndsAt <= now;
    if (ended) this.#previous = this.#previousEndsAt = undefined;
  }
}
