import { assert } from "@std/assert";
import type { Scenario } from "../harness/scenario.ts";
import { carry } from "../scenarios/transfer.ts";
import { echo } from "./echo.ts";
import { eventually } from "./eventually.ts";
import { figures, sendCamera, showTracks } from "./page.ts";
import { parties } from "./parties.ts";

/** How many bytes cross in each direction. */
const BYTES = 32 << 20;
/** So many frames have to be shown before the transfers begin, and again after them. */
const FRAMES = 20;

/** Transfers fill the path, and the processors; the picture may become slower, but it does not end. */
export const besideData: Scenario = {
  name: "echoes while 32 MiB cross each way on a channel of the same connection",
  timeout: 120_000,
  async run(call) {
    const { browser, heron, browserOffers } = parties(call);
    await heron.run(echo, { video: "video/VP8", audio: "audio/opus" }, !browserOffers);
    await call.offerer.run((side) => void side.open("bulk"));
    await browser.run(sendCamera);
    await browser.run(showTracks, false);
    await call.connect();
    const shows = (least: number) =>
      eventually(
        `${least} frames are shown`,
        () => browser.run(figures),
        ({ framesDecoded }) => framesDecoded >= least,
      );
    const before = await shows(FRAMES);
    const began = performance.now();
    await carry(browser, heron, BYTES);
    await carry(heron, browser, BYTES);
    const seconds = (performance.now() - began) / 1000;
    const after = await browser.run(figures);
    const decoded = after.framesDecoded - before.framesDecoded;
    const sent = after.framesSent - before.framesSent;
    call.note(
      `${(2 * BYTES / 1e6 / seconds).toFixed(0)} MB/s beside ${decoded} of ${sent} frames, ` +
        `${after.packetsLost} packets lost, ${after.freezeCount} freezes`,
    );
    assert(decoded > sent / 2, `${decoded} of ${sent} frames`);
    await shows(after.framesDecoded + FRAMES);
  },
};
