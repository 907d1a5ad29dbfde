import type { Millis } from "../core/stage/mod.ts";
import type { CandidatePair } from "./candidate_pair.ts";
import type { CheckList } from "./check_list.ts";
import { earliest } from "./deadline.ts";

/** Says which pair is to be checked when (RFC 8445 section 6.1.4). */
export class CheckScheduler {
  readonly #checkList: CheckList;
  readonly #ta: Millis;
  /** The triggered-check queue (RFC 8445 section 6.1.4.1); bounded, since it holds pairs of the checklist, each once. */
  #triggered: CandidatePair[] = [];
  #nextOrdinaryAt: Millis = -Infinity;

  constructor(checkList: CheckList, ta: Millis) {
    this.#checkList = checkList;
    this.#ta = ta;
  }

  /** Queues a pair for a check at the next opportunity. */
  trigger(pair: CandidatePair): void {
    if (!this.#triggered.includes(pair)) this.#triggered.push(pair);
  }

  /** Takes a pair off the queue. */
  forget(pair: CandidatePair): void {
    this.#triggered = this.#triggered.filter((each) => each !== pair);
  }

  /** Empties the queue. */
  clear(): void {
    this.#triggered = [];
  }

  /** The pair to check now, if there is one. To be asked again until there is none. */
  take(now: Millis): CandidatePair | undefined {
    return this.#takeTriggered(now) ?? this.#takeOrdinary(now);
  }

  /** When {@linkcode CheckScheduler.take} will have another pair, provided that nothing else happens. */
  get nextTimeout(): Millis | undefined {
    const times = this.#triggered.map((pair) => this.#triggeredAt(pair));
    if (this.#checkList.next !== undefined) times.push(this.#nextOrdinaryAt);
    return earliest(times);
  }

  /**
   * Deviation: RFC 8445 section 6.1.4.2 lets a triggered check wait for Ta too. A peer gets one at once, for it has just shown
   * that the path carries packets, but no more often than once in Ta, however many checks it sends.
   */
  #takeTriggered(now: Millis): CandidatePair | undefined {
    const at = this.#triggered.findIndex((pair) => this.#triggeredAt(pair) <= now);
    return at < 0 ? undefined : this.#triggered.splice(at, 1)[0];
  }

  #triggeredAt(pair: CandidatePair): Millis {
    return pair.check === undefined ? -Infinity : pair.lastCheckAt + this.#ta;
  }

  #takeOrdinary(now: Millis): CandidatePair | undefined {
    if (now < this.#nextOrdinaryAt) return undefined;
    const pair = this.#checkList.next;
    if (pair === undefined) return undefined;
    this.#nextOrdinaryAt = now + this.#ta;
    this.forget(pair);
    return pair;
  }
}
