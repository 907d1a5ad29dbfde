import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import type { Scenario } from "../harness/scenario.ts";
import type { Side } from "../harness/side.ts";
import { eventually } from "./eventually.ts";
import { type Codecs, figures, picturesShown, sendCamera, showTracks } from "./page.ts";
import { parties } from "./parties.ts";
import { checkPauses, longestPause } from "./pauses.ts";
import { preferring } from "./preferring.ts";

/** How long a call is watched, in milliseconds. */
const WATCHED = 5000;

/** So many frames that a page does not send in that time stop its picture for a while, which is no fault of the way. */
const LATE = 2;

/** Heron sends back whatever comes. Offering or answering, it asks for these codecs, and rather for no others. */
export function echo({ pc }: Side, codecs: Codecs, offers: boolean): void {
  for (const kind of offers ? ["audio", "video"] as const : []) {
    pc.addTransceiver(kind).setCodecPreferences(preferring(kind, codecs[kind]));
  }
  pc.ontrack = ({ track, transceiver }) => {
    const kind = track.kind as "audio" | "video";
    transceiver.direction = "sendrecv";
    transceiver.setCodecPreferences(preferring(kind, codecs[kind]));
    void transceiver.sender.replaceTrack(track);
  };
}

/** Before they are connected: Heron is to echo, and the page to send its camera, of pictures so high, and to show what comes. */
export async function prepareEcho(
  { browser, heron, browserOffers }: ReturnType<typeof parties>,
  codecs: Codecs,
  height = 480,
): Promise<void> {
  await heron.run(echo, codecs, !browserOffers);
  await browser.run(sendCamera, height);
  await browser.run(showTracks, false);
}

/** Heron echoes, and the browser sees itself without a pause. */
export function echoes(codecs: Codecs): Scenario {
  return comesBack(`echoes ${codecs.video} and ${codecs.audio}`, echo, codecs);
}

/** Heron sends back in some way what comes, and the browser sees itself without a pause. Either side may `prepare` its offer. */
export function comesBack(
  name: string,
  sendBack: typeof echo,
  codecs: Codecs,
  prepare: (side: Side) => void = () => {},
): Scenario {
  return {
    name,
    async run(call) {
      const { browser, heron, browserOffers } = parties(call);
      await heron.run(sendBack, codecs, !browserOffers);
      await heron.run(prepare);
      await browser.run(sendCamera);
      await browser.run(prepare);
      await browser.run(showTracks, false);
      await call.connect();
      const began = performance.now();
      const before = await eventually(
        "the browser sees itself",
        () => browser.run(figures),
        ({ framesDecoded }) => framesDecoded > 0,
      );
      const { length: shownBefore } = await browser.run(picturesShown);
      await delay(WATCHED);
      const after = await browser.run(figures);
      const shown = (await browser.run(picturesShown)).slice(shownBefore);
      const sent = after.framesSent - before.framesSent;
      const decoded = after.framesDecoded - before.framesDecoded;
      call.note(
        `${decoded} of ${sent} frames in ${WATCHED} ms, ${after.freezeCount} freezes, at most ${
          longestPause(shown)
        } ms apart, ` +
          `${after.packetsLost} packets lost, first picture after ` +
          `${Math.round(performance.now() - began - WATCHED)} ms, ${after.width} pixels wide, ` +
          `audio energy ${after.audioEnergy.toFixed(3)}, limited by ${after.qualityLimitation}`,
      );
      assertEquals(after.videoCodec.toLowerCase(), codecs.video.toLowerCase());
      assertEquals(after.audioCodec.toLowerCase(), codecs.audio.toLowerCase());
      assert(sent > 30, `only ${sent} frames were sent`);
      assert(decoded > 0.9 * sent, `${decoded} of ${sent} frames: ${JSON.stringify(after)}`);
      const isLate = sent <= after.frameRate * WATCHED / 1000 - LATE;
      assert(after.freezeCount === before.freezeCount || isLate, `${after.freezeCount} freezes`);
      checkPauses(shown);
      assert(after.audioEnergy > before.audioEnergy, "there is no sound");
    },
  };
}
