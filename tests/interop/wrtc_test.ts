import { largeOf } from "../browser/scenarios/messages.ts";
import { denoCommand, runs } from "./harness/command.ts";
import { testStack } from "./harness/suite.ts";
import { closesWithoutTheRest } from "./scenarios/faults.ts";
import { limit } from "./scenarios/limit.ts";
import { sendsBack } from "./scenarios/media.ts";
import { allBut, COMMON } from "./scenarios/mod.ts";

const PROGRAM = new URL("wrtc/peer.ts", import.meta.url);

// libwebrtc as Node has it, older than the browsers of the other tests.
const stack = {
  name: "@roamhq/wrtc",
  missing: async () => await runs(PROGRAM) ? undefined : "its package is not to be had from npm",
  command: () => denoCommand(PROGRAM),
};

await testStack({
  ...stack,
  scenarios: [
    ...allBut("bothWays", "offererClosesChannel", "answererClosesChannel"),
    largeOf(256 * 1024),
    limit(262_144),
    closesWithoutTheRest,
  ],
  heronOffers: [COMMON.bothWays, COMMON.offererClosesChannel],
  stackOffers: [COMMON.answererClosesChannel],
});

// Each in a program of its own: this one crashes some time after a connection with media was closed.
const media = [
  sendsBack({ video: "video/VP8", audio: "audio/opus" }),
];
await testStack({ ...stack, part: "media", scenarios: [], heronOffers: media });
await testStack({
  ...stack,
  part: "media, offered by the other",
  scenarios: [],
  stackOffers: media,
});
