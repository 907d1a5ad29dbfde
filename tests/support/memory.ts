import v8 from "node:v8";
import vm from "node:vm";

v8.setFlagsFromString("--expose-gc");
const collectGarbage: () => void = vm.runInNewContext("gc");

/** Bytes that this isolate really holds: its heap and its buffers, once the garbage has gone. */
export function heldBytes(): number {
  collectGarbage();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/** Watches how much more is held than at its beginning. */
export class MemoryWatch {
  /** The most that was held more than at the beginning, of all that was sampled. */
  peak = 0;
  readonly #before = heldBytes();

  /** Looks again; worth some milliseconds. */
  sample(): void {
    this.peak = Math.max(this.peak, heldBytes() - this.#before);
  }
}
