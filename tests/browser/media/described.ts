import { assert } from "@std/assert";
import type { Scenario } from "../harness/scenario.ts";
import type { Side } from "../harness/side.ts";
import { comesBack, echo } from "./echo.ts";
import { forwardBack } from "./forward.ts";
import type { Codecs } from "./page.ts";
import { parties } from "./parties.ts";

/** Asks for dependency descriptors with video. Runs in a page as well as here. */
function askForDescriptors({ pc }: Side): void {
  for (const transceiver of pc.getTransceivers()) {
    const wanted = transceiver.getHeaderExtensionsToNegotiate();
    for (const extension of wanted) {
      if (extension.uri.includes("dependency-descriptor")) extension.direction = "sendrecv";
    }
    transceiver.setHeaderExtensionsToNegotiate(wanted);
  }
}

/** Whether both sides have agreed to use them in both directions. */
function hasDescriptors({ pc }: Side): boolean {
  return [pc.localDescription, pc.remoteDescription].every((description) =>
    /^a=extmap:\d+ \S*dependency-descriptor/m.test(description!.sdp)
  );
}

/** What comes back is described frame by frame: Chromium decodes by that alone, and one wrong number would stop its picture. */
export function describes(codecs: Codecs): Scenario[] {
  const ways = [["echoes", echo], ["forwards", forwardBack]] as const;
  return ways.map(([does, sendBack]): Scenario => {
    const name = `${does} ${codecs.video} with dependency descriptors`;
    const scenario = comesBack(name, sendBack, codecs, askForDescriptors);
    return {
      name,
      async run(call) {
        await scenario.run(call);
        assert(await parties(call).browser.run(hasDescriptors), "there are no descriptors");
      },
    };
  });
}
