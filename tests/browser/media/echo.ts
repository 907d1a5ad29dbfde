import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { type RTCRtpCodec, RTCRtpReceiver } from "../../../mod.ts";
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

function preferring(kind: "audio" | "video", wanted: string): RTCRtpCodec[] {
  const isWanted = ({ mimeType }: RTCRtpCodec) => mimeType.toLowerCase() === wanted.toLowerCase();
  return RTCRtpReceiver.getCapabilities(kind)!.codecs
    .toSorted((a, b) => Number(isWanted(b)) - Number(isWanted(a)));
}

/** Heron echoes, and the browser sees itself without a pause. */
export function echoes(codecs: Codecs): Scenario {
  return {
    name: `echoes ${codecs.video} and ${codecs.audio}`,
    async run(call) {
      const { browser, heron, browserOffers } = parties(call);
      await heron.run(echo, codecs, !browserOffers);
      await browser.run(sendCamera, browserOffers);
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
