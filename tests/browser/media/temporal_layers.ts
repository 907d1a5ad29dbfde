import { assert } from "@std/assert";
import { MediaStreamTrackProcessor } from "../../../mod.ts";
import type { Scenario } from "../harness/scenario.ts";
import type { Side } from "../harness/side.ts";
import { comesBack, echo } from "./echo.ts";
import type { Codecs } from "./page.ts";
import { parties } from "./parties.ts";

/** Sends its video in three temporal layers, and tells of them in packets of the codec alone. Runs in a page as well as here. */
async function sendLayers({ pc }: Side): Promise<void> {
  for (const transceiver of pc.getTransceivers()) {
    const { sender } = transceiver;
    const kind = sender.track?.kind ?? transceiver.receiver.track.kind;
    if (kind !== "video") continue;
    const wanted = transceiver.getHeaderExtensionsToNegotiate();
    for (const extension of wanted) {
      if (extension.uri.includes("dependency-descriptor")) extension.direction = "stopped";
    }
    transceiver.setHeaderExtensionsToNegotiate(wanted);
    const parameters = sender.getParameters();
    for (const encoding of parameters.encodings) encoding.scalabilityMode = "L1T3";
    await sender.setParameters(parameters);
  }
}

function echoLayers(side: Side, codecs: Codecs, offers: boolean): void {
  echo(side, codecs, offers);
  side.pc.addEventListener("track", () => void sendLayers(side));
}

/** Whether frames of all three layers have come. */
async function hasLayers({ pc }: Side): Promise<boolean> {
  const { track } = pc.getReceivers().find((one) => one.track.kind === "video")!;
  const layers = new Set<number>();
  for await (const { metadata } of new MediaStreamTrackProcessor({ track }).readable) {
    layers.add(metadata?.temporalIndex ?? 0);
    if (layers.size === 3) return true;
  }
  return false;
}

/** What comes back is decoded by the layers that the codec's own packets tell: one wrong index would stop the picture. */
export function echoesLayers(codecs: Codecs): Scenario {
  const name = `echoes the temporal layers of ${codecs.video}`;
  const scenario = comesBack(name, echoLayers, codecs, sendLayers);
  return {
    name,
    async run(call) {
      await scenario.run(call);
      const { heron, browser } = parties(call);
      assert(await heron.run(hasLayers), "there are no layers");
      assert(!await browser.run(hasDescriptors), "there are descriptors");
    },
  };
}

function hasDescriptors({ pc }: Side): boolean {
  return /^a=extmap:\d+ \S*dependency-descriptor/m.test(pc.remoteDescription!.sdp);
}
