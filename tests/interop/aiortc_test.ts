import { largeOf } from "../browser/scenarios/messages.ts";
import { succeeds } from "./harness/command.ts";
import { testStack } from "./harness/suite.ts";
import { closesWithoutTheRest, ignoresRestart, miscountsLabels } from "./scenarios/faults.ts";
import { limit } from "./scenarios/limit.ts";
import { allBut, COMMON } from "./scenarios/mod.ts";

/** Debian's own Python: that is where its packages go, whichever else comes first in PATH. */
const PYTHON = "/usr/bin/python3";

await testStack({
  name: "aiortc",
  missing: async () =>
    await succeeds(PYTHON, "-c", "import aiortc") ? undefined : "aiortc is not installed",
  command: () => Promise.resolve([PYTHON, new URL("aiortc/peer.py", import.meta.url).pathname]),
  scenarios: [
    ...allBut(
      "names",
      "bothWays",
      "offererRestartsIce",
      "answererRestartsIce",
      "offererClosesChannel",
      "answererClosesChannel",
    ),
    largeOf(64 * 1024),
    limit(65_536),
    ignoresRestart,
    closesWithoutTheRest,
  ],
  heronOffers: [COMMON.names, COMMON.bothWays, COMMON.offererClosesChannel],
  stackOffers: [miscountsLabels, COMMON.answererClosesChannel],
});
