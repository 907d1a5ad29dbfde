import type { Millis } from "../../../core/stage/mod.ts";
import type { FrameOutput } from "./frame_output.ts";
import type { Receiver } from "./receiver.ts";

/** What frames that are not whole yet take at most, of all streams of a session: large key frames of more than 100 streams. */
export const MAX_UNFINISHED_BYTES = 64 * 1024 * 1024;

/** How often that is looked at: what arrives meanwhile is little more. */
const CHECK_INTERVAL: Millis = 500;

/**
 * A frame has a largest size, but a peer may begin one in each of thousands of streams, and in each codec, and end none. Where all of
 * them take too much, those that take most are given up.
 */
export class UnfinishedFrames {
  #checkedAt: Millis = -Infinity;

  limit(receivers: Iterable<Receiver>, now: Millis): void {
    if (now < this.#checkedAt + CHECK_INTERVAL) return;
    this.#checkedAt = now;
    const outputs: { readonly output: FrameOutput; readonly held: number }[] = [];
    let held = 0;
    for (const receiver of receivers) {
      for (const output of receiver.frameOutputs()) {
        outputs.push({ output, held: output.held });
        held += output.held;
      }
    }
    if (held <= MAX_UNFINISHED_BYTES) return;
    for (const each of outputs.sort((a, b) => b.held - a.held)) {
      each.output.abandon();
      held -= each.held;
      if (held <= MAX_UNFINISHED_BYTES / 2) return;
    }
  }
}
