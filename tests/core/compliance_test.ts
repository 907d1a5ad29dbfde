import {
  emptyOutputs,
  type Layer,
  type Millis,
  type Outputs,
  Timers,
} from "../../core/stage/mod.ts";
import type { Random } from "../support/random.ts";
import { testCompliance } from "./compliance.ts";

/** How long an echo waits for its answer to `bye`. */
const PATIENCE: Millis = 1000;

type State = "open" | "closing" | "closed";

/** The smallest protocol that has something of everything: it echoes, says bye, and gives up waiting for the other's. */
class Echo implements Layer<string, string, State> {
  readonly failure = undefined;
  readonly #timers = new Timers<"patience">();
  #out: Outputs<string, string, State> = emptyOutputs();
  #state: State = "open";

  get nextTimeout(): Millis | undefined {
    return this.#timers.next;
  }

  get backlog(): number {
    return 0;
  }

  get done(): boolean {
    return this.#state === "closed";
  }

  handleInbound(batch: readonly string[]): void {
    for (const item of batch) {
      if (this.done) return;
      if (item === "bye") this.#enter("closed");
      else this.#out.above.push(item);
    }
  }

  handleOutbound(batch: readonly string[]): void {
    if (this.#state === "open") this.#out.below.push(...batch);
  }

  handleTimeout(now: Millis): void {
    if (this.#timers.takeDue(now).length > 0) this.#enter("closed");
  }

  handleEnd(): void {
    this.#enter("closed");
  }

  close(now: Millis): void {
    if (this.#state !== "open") return;
    this.#out.below.push("bye");
    this.#enter("closing");
    this.#timers.set("patience", now + PATIENCE);
  }

  poll(out: Outputs<string, string, State>): void {
    out.below.push(...this.#out.below);
    out.above.push(...this.#out.above);
    out.events.push(...this.#out.events);
    this.#out = emptyOutputs();
  }

  #enter(state: State): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#timers.clearAll();
    this.#out.events.push(state);
  }
}

testCompliance<string, string, State>("The echo protocol", {
  make: () => new Echo(),
  inbound: (random: Random) => random.pick(["hello", "", "bye"]),
  outbound: (random: Random) => random.pick(["one", "two"]),
  closesWithin: PATIENCE,
});
