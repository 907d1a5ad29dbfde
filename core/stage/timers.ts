import type { Millis } from "./layer.ts";

/**
 * Named deadlines of one layer, which together make its one `nextTimeout`.
 *
 * The names are a string-literal union, so that the set is bounded by its type; where there is a deadline for each of many
 * things (transactions, chunks), the layer keeps the earliest of them under one name.
 *
 * @example
 * ```ts
 * import { Timers } from "@heron/webrtc/core";
 * import { assertEquals } from "@std/assert";
 *
 * const timers = new Timers<"T1-init" | "heartbeat">();
 * timers.set("T1-init", 3000);
 * timers.set("heartbeat", 1000);
 * assertEquals(timers.next, 1000);
 * assertEquals(timers.takeDue(1000), ["heartbeat"]);
 * assertEquals(timers.next, 3000);
 * ```
 */
export class Timers<Name extends string> {
  #deadlines = new Map<Name, Millis>();
  #next: Millis | undefined;

  /** The earliest deadline. */
  get next(): Millis | undefined {
    return this.#next;
  }

  /** Sets, or moves, a deadline. */
  set(name: Name, at: Millis): void {
    this.#deadlines.set(name, at);
    this.#refresh();
  }

  /** Removes a deadline, if it is set. */
  clear(name: Name): void {
    if (this.#deadlines.delete(name)) this.#refresh();
  }

  /** Removes every deadline. */
  clearAll(): void {
    this.#deadlines.clear();
    this.#next = undefined;
  }

  /** Whether a deadline of this name is set. */
  has(name: Name): boolean {
    return this.#deadlines.has(name);
  }

  /** When the deadline of this name is, if it is set. */
  at(name: Name): Millis | undefined {
    return this.#deadlines.get(name);
  }

  /** Removes and returns the names that are due at `now`, earliest first. */
  takeDue(now: Millis): Name[] {
    if (this.#next === undefined || this.#next > now) return [];
    const due = [...this.#deadlines].filter(([, at]) => at <= now).sort((a, b) => a[1] - b[1]);
    for (const [name] of due) this.#deadlines.delete(name);
    this.#refresh();
    return due.map(([name]) => name);
  }

  #refresh(): void {
    let next: Millis | undefined;
    for (const at of this.#deadlines.values()) {
      if (next === undefined || at < next) next = at;
    }
    this.#next = next;
  }
}
