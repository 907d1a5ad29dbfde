import type { Scenario } from "../harness/scenario.ts";
import type { Side } from "../harness/side.ts";
import { prepareEcho } from "./echo.ts";
import { eventually } from "./eventually.ts";
import { type Codecs, figures, picturesShown } from "./page.ts";
import { parties } from "./parties.ts";
import { checkPauses, longestPause } from "./pauses.ts";

/** So many pictures in a row have to be of the largest layer. */
const PICTURES = 60;
const WIDTH = 640;

/** Sends its video in two spatial and two temporal layers. Runs in a page as well as here. */
async function sendLayers({ pc }: Side, isDescribed: boolean): Promise<void> {
  for (const transceiver of pc.getTransceivers()) {
    const { sender, receiver } = transceiver;
    if (receiver.track.kind !== "video") continue;
    const wanted = transceiver.getHeaderExtensionsToNegotiate();
    for (const extension of wanted) {
      if (!extension.uri.includes("dependency-descriptor")) continue;
      extension.direction = isDescribed ? "sendrecv" : "stopped";
    }
    transceiver.setHeaderExtensionsToNegotiate(wanted);
    const parameters = sender.getParameters();
    for (const encoding of parameters.encodings) encoding.scalabilityMode = "L2T2";
    await sender.setParameters(parameters);
  }
}

function sendLayersBack(side: Side, isDescribed: boolean): void {
  side.pc.addEventListener("track", () => void sendLayers(side, isDescribed));
}

/**
 * Pictures with two sizes in them come back layer by layer, and the browser puts them together again: by dependency descriptors, or by what
 * packets of the codec tell.
 */
export function echoesSpatialLayers(codecs: Codecs, isDescribed: boolean): Scenario {
  return {
    name: `echoes the ${
      isDescribed ? "described" : "undescribed"
    } spatial layers of ${codecs.video}`,
    async run(call) {
      const sides = parties(call);
      const { heron, browser } = sides;
      await prepareEcho(sides, codecs);
      await heron.run(sendLayers, isDescribed);
      await heron.run(sendLayersBack, isDescribed);
      await browser.run(sendLayers, isDescribed);
      await call.connect();
      const shown = await eventually(
        `${PICTURES} pictures of ${WIDTH} pixels are shown`,
        async () => (await browser.run(picturesShown)).slice(-PICTURES),
        (shown) => shown.length === PICTURES && shown.every(({ width }) => width === WIDTH),
      );
      const { framesDecoded, keyFramesDecoded, freezeCount } = await browser.run(figures);
      call.note(
        `${framesDecoded} frames decoded, ${keyFramesDecoded} of them key frames, at most ` +
          `${longestPause(shown)} ms apart, ${freezeCount} freezes`,
      );
      checkPauses(shown);
    },
  };
}
