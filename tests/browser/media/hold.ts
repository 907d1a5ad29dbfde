import { mediaDevices } from "../../../mod.ts";
import type { Scenario } from "../harness/scenario.ts";
import type { Side } from "../harness/side.ts";
import { eventually } from "./eventually.ts";
import { offerAnew } from "./offer_anew.ts";
import { framesShown, showTracks } from "./page.ts";
import { parties } from "./parties.ts";
import { showsMore } from "./renegotiate.ts";

/** So long, in milliseconds, the call waits: more than what a browser takes for frames out of order. */
const HOLD = 3000;

function setDirection({ pc }: Side, direction: "inactive" | "sendonly"): void {
  for (const transceiver of pc.getTransceivers()) transceiver.direction = direction;
}

/** Heron puts a call on hold and takes it up again, twice: what it sends goes on from the same sources. */
export const holds: Scenario = {
  name: "puts a call on hold and takes it up again",
  timeout: 60_000,
  async run(call) {
    const { browser, heron, browserOffers } = parties(call);
    const camera = await mediaDevices.getUserMedia({ audio: true, video: { width: 320 } });
    try {
      await heron.run(({ pc }) => {
        for (const track of camera.getTracks()) pc.addTrack(track, camera);
      });
      await browser.run(showTracks, browserOffers);
      await call.connect();
      await showsMore(browser);
      for (let times = 0; times < 2; times++) {
        await heron.run(setDirection, "inactive");
        await offerAnew(heron);
        let before = -1;
        await eventually(
          "nothing more is shown",
          () => browser.run(framesShown),
          (frames) => before === (before = frames),
        );
        await new Promise((resolve) => setTimeout(resolve, HOLD));
        await heron.run(setDirection, "sendonly");
        await offerAnew(heron);
        await showsMore(browser);
      }
    } finally {
      for (const track of camera.getTracks()) track.stop();
    }
  },
};
