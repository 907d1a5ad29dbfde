import { assert } from "@std/assert";
import type { ImpairedNetwork } from "../../support/impaired_network.ts";
import type { Scenario } from "../harness/scenario.ts";
import type { Side } from "../harness/side.ts";
import { prepareEcho } from "./echo.ts";
import { eventually } from "./eventually.ts";
import { parties } from "./parties.ts";

/** What lets Chromium offer and use FlexFEC, which it does not by default. */
export const FLEXFEC_TRIALS = "WebRTC-FlexFEC-03-Advertised/Enabled/WebRTC-FlexFEC-03/Enabled/";

/** How many packets of repair an end has received, and how many of them were of use. */
async function repairs({ pc }: Side): Promise<{ received: number; used: number }> {
  const stats = [...(await pc.getStats()).values()];
  const { fecPacketsReceived: received = 0, fecPacketsDiscarded: discarded = 0, fecSsrc } =
    stats.find(({ type, kind }) => type === "inbound-rtp" && kind === "video") ?? {};
  return fecSsrc === undefined
    ? { received: 0, used: 0 }
    : { received, used: received - discarded };
}

/** FlexFEC in a stream of its own, both ways, over a way on which retransmission would be late. */
export function repairsByFlexfec(network: ImpairedNetwork): Scenario {
  return {
    name: "repairs by FlexFEC what is lost at 5% loss and 120 ms there and back",
    timeout: 60_000,
    async run(call) {
      const sides = parties(call);
      const { browser, heron, browserOffers } = sides;
      const ways = [network.inbound, network.outbound];
      try {
        await prepareEcho(sides, { video: "video/VP8", audio: "audio/opus" });
        for (const way of ways) Object.assign(way, { delay: 60, loss: 0.05 });
        await call.connect();
        // Heron's first offer tells of no source for repairs: there are stacks that refuse it.
        for (const end of browserOffers ? [heron, browser] : [heron]) {
          const { received, used } = await eventually(
            `${end.name} repairs packets`,
            () => end.run(repairs),
            ({ used }) => used >= 5,
            30_000,
          );
          call.note(`${end.name}: ${used} of ${received} repairs were of use`);
          assert(used <= received);
        }
      } finally {
        for (const way of ways) Object.assign(way, { delay: 0, loss: 0 });
      }
    },
  };
}
