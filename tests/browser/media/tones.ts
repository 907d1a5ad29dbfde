import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { mediaDevices, MediaStreamTrackGenerator, type RTCRtpReceiver } from "../../../mod.ts";
import { receivedTones } from "../../../peer/rtp_transport/mod.ts";
import type { Scenario } from "../harness/scenario.ts";
import type { Side } from "../harness/side.ts";
import { eventually } from "./eventually.ts";
import { figures, keysHeard, listenForKeys, sendCamera, showTracks } from "./page.ts";
import { parties } from "./parties.ts";

/** What is dialled. */
const NUMBER = "123#";

/** The keys that are pressed at the other side, until so many have been let go. */
async function hear(receiver: RTCRtpReceiver, count: number): Promise<string[]> {
  const heard: string[] = [];
  for await (const { type, tone } of receivedTones(receiver)) {
    heard.push(`${tone} ${type}`);
    if (heard.length === 2 * count) break;
  }
  return heard;
}

/** Presses keys in a page; resolves with the tones that it says it has played. */
async function dial(
  { pc, until }: Side,
  tones: string,
  duration: number,
  gap: number,
): Promise<string[]> {
  const dtmf = pc.getSenders().find(({ track }) => track?.kind === "audio")!.dtmf!;
  // No event tells when a browser is ready for it; the scenario's time is the bound.
  while (!dtmf.canInsertDTMF) await new Promise((resolve) => setTimeout(resolve, 20));
  const played: string[] = [];
  dtmf.addEventListener("tonechange", ({ tone }) => played.push(tone));
  dtmf.insertDTMF(tones, duration, gap);
  await until(dtmf, ["tonechange"], () => played.at(-1) === "");
  return played;
}

/** RFC 4733: what the page's `RTCDTMFSender` inserts. A page can't tell which keys the other side presses. */
export const hearsTones: Scenario = {
  name: "hears the telephone keys that the browser presses",
  async run(call) {
    const { browser, heron, browserOffers } = parties(call);
    await heron.run(({ pc }, offers) => {
      for (const kind of offers ? ["audio", "video"] as const : []) pc.addTransceiver(kind);
    }, !browserOffers);
    await browser.run(sendCamera);
    await call.connect();
    const heard = heron.run(({ pc }) =>
      hear(pc.getReceivers().find(({ track }) => track.kind === "audio")!, NUMBER.length)
    );
    assertEquals(await browser.run(dial, NUMBER, 100, 70), [...NUMBER, ""]);
    assertEquals(await heard, [...NUMBER].flatMap((tone) => [`${tone} start`, `${tone} end`]));
  },
};

/** How long a key is pressed, and none after it, in milliseconds: what a page that is busy can tell from the next. */
const PRESSED = 200;
/** What there is at least of sound's energy (W3C webrtc-stats section 8.5) after so many keys. */
const ENERGY = 0.04;

/** The other way round. A browser tells the page nothing of such packets, but plays the tones, in place of the sound or without any. */
export const pressesKeys: Scenario = {
  name: "presses telephone keys that the browser plays",
  async run(call) {
    const { browser, heron, browserOffers } = parties(call);
    const microphone = await mediaDevices.getUserMedia({ audio: true });
    const [track] = microphone.getAudioTracks();
    const energy = async () => (await browser.run(figures)).audioEnergy;
    try {
      const sender = await heron.run(({ pc }) => pc.addTrack(track!, microphone));
      await browser.run(showTracks, browserOffers);
      await call.connect();
      await browser.run(listenForKeys);
      const goesOn = async () => {
        const before = await energy();
        await eventually("there is sound", energy, (now) => now > before + ENERGY / 10);
      };
      await goesOn();
      await heron.run(dial, NUMBER, PRESSED, PRESSED);
      await goesOn();

      await sender.replaceTrack(new MediaStreamTrackGenerator({ kind: "audio" }));
      await delay(PRESSED); // what was sent is played
      const before = await energy();
      await heron.run(dial, NUMBER, PRESSED, PRESSED);
      await delay(PRESSED);
      const played = await energy() - before;
      const heard = await browser.run(keysHeard);
      call.note(
        `played with an energy of ${played.toFixed(3)}, heard ${heard.join("") || "nothing"}`,
      );
      assert(played > ENERGY, `an energy of ${played}`);
      // Firefox has no clock for the page's sound where there is no device for it.
      if (browser.name === "chromium") assertEquals(heard.join(""), NUMBER + NUMBER);
    } finally {
      track!.stop();
    }
  },
};
