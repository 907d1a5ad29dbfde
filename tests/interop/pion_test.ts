import { largeOf } from "../browser/scenarios/messages.ts";
import { succeeds } from "./harness/command.ts";
import { testStack } from "./harness/suite.ts";
import { closesAtItsLimit } from "./scenarios/faults.ts";
import { limit } from "./scenarios/limit.ts";
import { sendsBack } from "./scenarios/media.ts";
import { allBut, COMMON } from "./scenarios/mod.ts";

/** Where Debian's packages of Go sources are. They have no modules: everything is found by its path below. */
const GOPATH = "/usr/share/gocode";
const GO = { GO111MODULE: "off", GOFLAGS: "", GOPATH };

await testStack({
  name: "pion",
  async missing() {
    if (!await succeeds("go", "version")) return "Go is not installed";
    const exists = await Deno.stat(`${GOPATH}/src/github.com/pion/webrtc`).then(
      () => true,
      () => false,
    );
    return exists ? undefined : "pion is not installed";
  },
  async command(folder) {
    const program = `${folder}/peer`;
    const source = new URL("pion/peer.go", import.meta.url).pathname;
    const build = new Deno.Command("go", { args: ["build", "-o", program, source], env: GO });
    const { success, stderr } = await build.output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return [program];
  },
  scenarios: [
    ...allBut("bothWays"),
    sendsBack({ video: "video/VP8", audio: "audio/opus" }),
    largeOf(32 * 1024),
    limit(65_536, 65_535),
    closesAtItsLimit,
  ],
  heronOffers: [COMMON.bothWays],
});
