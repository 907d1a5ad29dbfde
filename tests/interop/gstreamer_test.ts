import { largeOf } from "../browser/scenarios/messages.ts";
import { succeeds } from "./harness/command.ts";
import { testStack } from "./harness/suite.ts";
import { sendsBack } from "./scenarios/media.ts";
import { COMMON } from "./scenarios/mod.ts";

/** Debian's own Python: that is where its packages go, whichever else comes first in PATH. */
const PYTHON = "/usr/bin/python3";
const PROGRAM = new URL("gstreamer/peer.py", import.meta.url).pathname;

await testStack({
  name: "GStreamer",
  missing: async () =>
    await succeeds(PYTHON, "-c", "import gi; gi.require_version('GstWebRTC', '1.0')")
      ? undefined
      : "GStreamer is not installed",
  command: () => Promise.resolve([PYTHON, PROGRAM]),
  scenarios: [],
  // Its own channels, and so its offers, are left out: from Python, its program ends without a word when it makes one.
  heronOffers: [
    COMMON.connects,
    COMMON.reliability,
    largeOf(16 * 1024),
    sendsBack({ video: "video/VP8", audio: "audio/opus" }),
  ],
});
