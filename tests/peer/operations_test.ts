import { assertEquals } from "@std/assert";
import { Random, seedForRun } from "../support/random.ts";
import { type End, Pair } from "./pair.ts";

/** One step of an application that signals as it likes. */
const STEPS = [
  "createDataChannel",
  "negotiate",
  "restartIce",
  "offer",
  "rollback",
  "advance",
  "closeChannel",
] as const;

Deno.test("random legal sequences of calls always converge, and reject nothing unhandled", async () => {
  const seed = seedForRun("random calls");
  for (let round = 0; round < 12; round++) {
    const random = new Random(seed + round);
    const pair = new Pair({ seed: seed + round });
    const channels = [pair.alice.createDataChannel("first")];
    for (let n = 0; n < 12; n++) {
      const end: End = random.pick(["alice", "bob"]);
      const pc = pair[end];
      switch (random.pick(STEPS)) {
        case "createDataChannel":
          channels.push(pc.createDataChannel(`c${n}`));
          break;
        case "negotiate":
          await pair.negotiate(end);
          break;
        case "restartIce":
          pc.restartIce();
          break;
        case "offer":
          await pc.setLocalDescription();
          await pc.setLocalDescription({ type: "rollback" });
          break;
        case "rollback": {
          const other = end === "alice" ? pair.bob : pair.alice;
          await pc.setLocalDescription();
          await other.setRemoteDescription(pc.localDescription!);
          await other.setRemoteDescription({ type: "rollback" });
          await pc.setLocalDescription({ type: "rollback" });
          break;
        }
        case "advance":
          await pair.advance(random.below(2000));
          break;
        case "closeChannel":
          random.pick(channels).close();
      }
      assertEquals([pair.alice.signalingState, pair.bob.signalingState], ["stable", "stable"]);
    }
    const last = pair.alice.createDataChannel("last");
    await pair.negotiate();
    const settled = () => [last, ...channels].every((c) => c.readyState !== "connecting");
    await pair.until(settled, 30_000); // one end is connected a little before the other
    assertEquals(last.readyState, "open");
    await pair.close();
  }
});
