import type { Clock, Millis } from "../../core/stage/mod.ts";

/** A sum of times may be off by so much, in milliseconds: a clock that moves from timer to timer would stay there for ever. */
const ROUNDING: Millis = 0.001;

/** What is later than this was held up: the process was stopped, the machine asleep, or the file slow. That is not made up for. */
const MAX_LAG: Millis = 500;

/** What is had so much too late, in milliseconds, and was waited for so long, comes from a stream that has less than it should. */
const MAX_DELAY: Millis = 20;
const MIN_WAIT: Millis = 5;

/** A file that begins so much later than at zero, in microseconds, was cut out of a longer one. */
const MAX_START = 1_000_000;

/** Where a file is in time: what it has at `media` microseconds is due when the clock says `clock`. */
export class Timeline {
  readonly #clock: Clock;
  #media = 0;
  #due: Millis;
  /** Where the file stands, in microseconds, while it is paused. */
  #pausedAt: number | undefined;
  #wake = new Set<() => void>();
  /** Where the file began, in microseconds, and whether nothing has been given since. */
  #start = 0;
  #isFresh = true;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#due = clock.now();
  }

  /** The time by the clock. */
  get now(): Millis {
    return this.#clock.now();
  }

  /** Where the file is now, in microseconds. */
  get position(): number {
    return this.#pausedAt ?? this.#media + (this.#clock.now() - this.#due) * 1000;
  }

  /** Whether time stands still. */
  get paused(): boolean {
    return this.#pausedAt !== undefined;
  }

  /** Time stands still from now on. */
  pause(): void {
    this.#pausedAt ??= this.position;
    this.wakeAll();
  }

  /** Time goes on from where it stands. */
  resume(): void {
    const media = this.#pausedAt;
    if (media === undefined) return;
    this.#pausedAt = undefined;
    this.moveTo(media);
  }

  /** When what the file has at `media` microseconds is due. */
  dueAt(media: number): Millis {
    return this.#due + (media - this.#media) / 1000;
  }

  /** The file goes on from `media` microseconds, at the time `due`, or when it is resumed. Those that wait for something else are woken. */
  moveTo(media: number, due: Millis = this.#clock.now()): void {
    if (this.paused) this.#pausedAt = media;
    this.#media = media;
    this.#due = due;
    this.wakeAll();
  }

  /** Resolves when what the file has at `media` microseconds is due, unless the timeline moves or somebody is woken before that. */
  wait(media: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        cancel();
        this.#wake.delete(wake);
        resolve();
      };
      const delay = Math.max(0, this.dueAt(media) - this.#clock.now());
      const cancel = this.paused ? () => {} : this.#clock.after(delay, wake);
      this.#wake.add(wake);
    });
  }

  /** Whether that is due. */
  hasCome(media: number): boolean {
    return !this.paused && this.dueAt(media) <= this.#clock.now() + ROUNDING;
  }

  /** The file begins, at the time `due`. */
  begin(due: Millis): void {
    this.moveTo(0, due);
    this.#start = 0;
    this.#isFresh = true;
  }

  /** Where it began, in microseconds. */
  get start(): number {
    return this.#start;
  }

  /** The first that a track has is at `media` microseconds: if nothing was given before it, the file begins with it. */
  first(media: number): void {
    if (!this.#isFresh || media < MAX_START) return;
    this.#start = media;
    this.moveTo(media, Math.max(this.dueAt(0), this.#clock.now()));
  }

  /**
   * What the file has at `media` microseconds was waited for, and is there now. A stream that comes in bursts is played as much later as the
   * longest wait takes, and at its pace from then on.
   */
  came(media: number, waited: Millis): void {
    const now = this.#clock.now();
    const isLate = now - this.dueAt(media) > MAX_DELAY;
    if (isLate && waited > MIN_WAIT && !this.paused) this.moveTo(media, now);
  }

  /** What the file has at `media` microseconds is given now: if it comes late, so does all that follows. */
  given(media: number): void {
    this.#isFresh = false;
    const now = this.#clock.now();
    if (now - this.dueAt(media) > MAX_LAG) this.moveTo(media, now);
  }

  /** Lets go of those that wait. */
  wakeAll(): void {
    for (const wake of [...this.#wake]) wake();
  }
}
