import { assert } from "@std/assert";
import { Timeline } from "../../../media/player/timeline.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

Deno.test("what was waited for has come, whatever the sums of times are rounded to", async () => {
  const random = new Random(seedForRun("timeline"));
  for (let run = 0; run < 2000; run++) {
    const clock = new VirtualClock(random.below(1000) / 7);
    const timeline = new Timeline(clock);
    await clock.advance(random.below(1000) / 3);
    const media = random.below(1e9) / 9;
    let isThere = false;
    timeline.wait(media).then(() => isThere = true);
    await clock.until(() => isThere, 1e6);
    assert(timeline.hasCome(media), `${media} at ${clock.now()}`);
  }
});
