import { mediaDevices } from "../../../mod.ts";
import type { Scenario } from "../harness/scenario.ts";
import { gives } from "./gives.ts";
import { offerAnew } from "./offer_anew.ts";
import { addCamera, showTracks } from "./page.ts";
import { parties } from "./parties.ts";
import { showsMore, videoTracks } from "./renegotiate.ts";

/** A call that begins with audio, video and data at once, each with ICE credentials of its own until they are bundled. */
export const laterOffers: Scenario = {
  name: "takes later offers and an ICE restart of either side after one of several sections",
  timeout: 60_000,
  async run(call) {
    const { browser, heron, browserOffers } = parties(call);
    const camera = await mediaDevices.getUserMedia({ video: { width: 320 }, audio: true });
    try {
      await heron.run(({ pc }) =>
        camera.getTracks().forEach((track) => pc.addTrack(track, camera))
      );
      await browser.run(showTracks, browserOffers);
      await call.offerer.run((side) => void side.open("first"));
      await call.connect();
      await showsMore(browser);
      for (const side of [heron, browser, heron]) {
        if (side === heron) await side.run(({ pc }) => void pc.addTransceiver("video"));
        else await side.run(addCamera);
        await offerAnew(side);
        await showsMore(browser);
        // Sections that Firefox adds have its own payload types, though the bundle uses those for something else.
        if (side === browser) await gives((await heron.run(videoTracks)).at(-1)!);
      }
      for (const side of [heron, browser]) {
        await side.run(({ pc }) => pc.restartIce());
        await offerAnew(side);
        await showsMore(browser);
      }
    } finally {
      for (const track of camera.getTracks()) track.stop();
    }
  },
};
