import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import type { Peer } from "../harness/peer.ts";
import type { Scenario } from "../harness/scenario.ts";
import type { Side } from "../harness/side.ts";
import { type Codecs, figures, sendCamera } from "./page.ts";

/** How long a call is watched, in milliseconds. */
const WATCHED = 5000;

/** Which of two peers is the browser, and which is Heron. */
export function parties({ offerer, answerer }: { offerer: Peer; answerer: Peer }) {
  const isBrowserFirst = offerer.browser !== undefined;
  return {
    browser: isBrowserFirst ? offerer : answerer,
    heron: isBrowserFirst ? answerer : offerer,
    browserOffers: isBrowserFirst,
  };
}

/** Heron sends back whatever comes. */
export function echo({ pc }: Side, offers: boolean): void {
  if (offers) { for (const kind of ["audio", "video"] as const) pc.addTransceiver(kind); }
  pc.ontrack = ({ track, transceiver }) => {
    transceiver.direction = "sendrecv";
    void transceiver.sender.replaceTrack(track);
  };
}

/** Heron echoes, and the browser sees itself without a pause. */
export function echoes(codecs: Codecs): Scenario {
  return {
    name: `echoes ${codecs.video} and ${codecs.audio}`,
    async run(call) {
      const { browser, heron, browserOffers } = parties(call);
      await heron.run(echo, !browserOffers);
      await browser.run(sendCamera, codecs, browserOffers);
      await call.connect();
      const began = performance.now();
      while ((await browser.run(figures)).framesDecoded === 0) {
        if (performance.now() - began > 10_000) break;
        await delay(100);
      }
      const before = await browser.run(figures);
      await delay(WATCHED);
      const after = await browser.run(figures);
      const sent = after.framesSent - before.framesSent;
      const decoded = after.framesDecoded - before.framesDecoded;
      call.note(
        `${decoded} of ${sent} frames in ${WATCHED} ms, ${after.freezeCount} freezes, ` +
          `${after.packetsLost} packets lost, first picture after ` +
          `${Math.round(performance.now() - began - WATCHED)} ms, ${after.width} pixels wide, ` +
          `audio energy ${after.audioEnergy.toFixed(3)}, limited by ${after.qualityLimitation}`,
      );
      assertEquals(after.videoCodec.toLowerCase(), codecs.video.toLowerCase());
      assertEquals(after.audioCodec.toLowerCase(), codecs.audio.toLowerCase());
      assert(sent > 30, `only ${sent} frames were sent`);
      assert(decoded > 0.9 * sent, `${decoded} of ${sent} frames: ${JSON.stringify(after)}`);
      assert(after.freezeCount === before.freezeCount, `${after.freezeCount} freezes`);
      assert(after.audioEnergy > before.audioEnergy, "there is no sound");
    },
  };
}
