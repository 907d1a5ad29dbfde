import { largeOf } from "../browser/scenarios/messages.ts";
import { succeeds } from "./harness/command.ts";
import { testStack } from "./harness/suite.ts";
import {
  closesWithoutTheRest,
  ignoresRestart,
  miscountsLabels,
  numbersExtensionsTwice,
} from "./scenarios/faults.ts";
import { limit } from "./scenarios/limit.ts";
import { sendsBack } from "./scenarios/media.ts";
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
  heronOffers: [
    COMMON.names,
    COMMON.bothWays,
    COMMON.offererClosesChannel,
    sendsBack({ video: "video/VP8", audio: "audio/opus" }),
    sendsBack({ video: "video/H264", audio: "audio/PCMU" }),
    sendsBack({ video: "video/H264", audio: "audio/PCMA" }),
  ],
  stackOffers: [miscountsLabels, numbersExtensionsTwice, COMMON.answererClosesChannel],
});
