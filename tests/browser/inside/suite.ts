import type { PeerFactory } from "../harness/peer.ts";
import { play, type Scenario } from "../harness/scenario.ts";
import { report } from "./reporter.ts";

/** Plays every scenario in both roles, and where it matters without trickling too. */
export async function playAll(
  scenarios: readonly Scenario[],
  one: PeerFactory,
  other: PeerFactory,
): Promise<void> {
  for (const scenario of scenarios) {
    for (const trickle of scenario.withoutTrickle ? [true, false] : [true]) {
      for (const [offerer, answerer] of [[one, other], [other, one]] as const) {
        const how = trickle ? "" : ", without trickling";
        await report(
          `${scenario.name} (${offerer.name} offers to ${answerer.name}${how})`,
          () => play(scenario, offerer, answerer, trickle),
        );
      }
    }
  }
}
