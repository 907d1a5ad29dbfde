import { largeOf } from "../browser/scenarios/messages.ts";
import { denoCommand, runs } from "./harness/command.ts";
import { testStack } from "./harness/suite.ts";
import {
  announcesAsOrdered,
  chokesOnSendingNothing,
  miscountsLabels,
  restartsWithoutChecks,
} from "./scenarios/faults.ts";
import { limit } from "./scenarios/limit.ts";
import { sendsBack } from "./scenarios/media.ts";
import { allBut, COMMON } from "./scenarios/mod.ts";

const PROGRAM = new URL("werift/peer.ts", import.meta.url);

await testStack({
  name: "werift",
  missing: async () => await runs(PROGRAM) ? undefined : "its package is not to be had from npm",
  command: () => denoCommand(PROGRAM),
  scenarios: [
    ...allBut(
      "kinds",
      "reliability",
      "names",
      "bothWays",
      "offererRestartsIce",
      "answererRestartsIce",
    ),
    sendsBack({ video: "video/VP8", audio: "audio/opus" }),
    largeOf(64 * 1024),
    limit(65_536),
    chokesOnSendingNothing,
    restartsWithoutChecks,
  ],
  heronOffers: [
    COMMON.names,
    COMMON.reliability,
    COMMON.bothWays,
    { ...COMMON.offererRestartsIce, withoutTrickle: false }, // an offer with all candidates: see restartsWithoutChecks
  ],
  stackOffers: [miscountsLabels, announcesAsOrdered, COMMON.answererRestartsIce],
});
