// deno-lint-ignore no-explicit-any
type Callback = (...args: any[]) => void;

interface Timer {
  due: number;
  readonly every: number | undefined;
  readonly run: () => void;
}

const real = {
  Date: globalThis.Date,
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
};

let current: FakeTime | undefined;

/** Until `restore`, `Date` and the global timers follow this instead of the machine's clock. */
export class FakeTime {
  /** The wall time at which it began, in milliseconds. */
  readonly start: number;
  #now: number;
  #lastId = 0;
  readonly #timers = new Map<number, Timer>();

  /** Begins at a wall time; by default at the machine's. */
  constructor(start?: number | string | Date | null) {
    if (current !== undefined) throw new Error("Time is already fake");
    this.start = new real.Date(start ?? real.Date.now()).valueOf();
    this.#now = this.start;
    Object.assign(globalThis, this.#globals());
    current = this;
  }

  /** The fake wall time in milliseconds. Setting it runs what falls due on the way, in order. */
  get now(): number {
    return this.#now;
  }
  set now(value: number) {
    if (value < this.#now) throw new RangeError("Time does not run backwards");
    for (let next = this.#next(); next !== undefined && next[1].due <= value; next = this.#next()) {
      const [id, timer] = next;
      this.#now = timer.due;
      if (timer.every === undefined) this.#timers.delete(id);
      else timer.due += timer.every;
      timer.run();
    }
    this.#now = value;
  }

  /** Moves time on. */
  tick(ms = 0): void {
    this.now += ms;
  }

  /** Moves time on once what is pending in microtasks has run. */
  async tickAsync(ms = 0): Promise<void> {
    await this.runMicrotasks();
    this.tick(ms);
  }

  /** Moves time on to the next timer; whether there was one. */
  next(): boolean {
    const next = this.#next();
    if (next !== undefined) this.now = next[1].due;
    return next !== undefined;
  }

  /** Moves time on until no timer is left. */
  runAll(): void {
    while (this.next());
  }

  /** Lets what is pending in microtasks run. */
  async runMicrotasks(): Promise<void> {
    await new Promise((done) => real.setTimeout(done, 0));
  }

  /** Gives `Date` and the timers back. */
  restore(): void {
    if (current !== this) throw new Error("Time is already restored");
    current = undefined;
    Object.assign(globalThis, real);
  }

  /** The same as `restore`. */
  [Symbol.dispose](): void {
    this.restore();
  }

  /** The earliest timer; of several the one that was set first. */
  #next(): [number, Timer] | undefined {
    let earliest: [number, Timer] | undefined;
    for (const entry of this.#timers) {
      if (earliest === undefined || entry[1].due < earliest[1].due) earliest = entry;
    }
    return earliest;
  }

  #set(every: boolean, callback: Callback, delay = 0, args: unknown[]): number {
    const wait = Math.max(every ? 1 : 0, Math.floor(delay));
    const id = ++this.#lastId;
    this.#timers.set(id, {
      due: this.#now + wait,
      every: every ? wait : undefined,
      run: () => callback(...args),
    });
    return id;
  }

  #globals() {
    const clear = (id?: number) => void this.#timers.delete(id ?? 0);
    const now = () => this.#now;
    const FakeDate = new Proxy(real.Date, {
      construct: (target, args, newTarget) =>
        Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
      apply: () => new real.Date(now()).toString(),
      get: (target, key) => key === "now" ? now : Reflect.get(target, key),
    });
    return {
      Date: FakeDate,
      setTimeout: (run: Callback, delay?: number, ...args: unknown[]) =>
        this.#set(false, run, delay, args),
      setInterval: (run: Callback, delay?: number, ...args: unknown[]) =>
        this.#set(true, run, delay, args),
      clearTimeout: clear,
      clearInterval: clear,
    };
  }
}
