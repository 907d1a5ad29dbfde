import { assertEquals } from "@std/assert";
import type { RTCRtpReceiver } from "../../../mod.ts";
import { receivedTones } from "../../../peer/rtp_transport/mod.ts";
import type { Scenario } from "../harness/scenario.ts";
import type { Side } from "../harness/side.ts";
import { sendCamera } from "./page.ts";
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
async function dial({ pc, until }: Side, tones: string): Promise<string[]> {
  const dtmf = pc.getSenders().find(({ track }) => track?.kind === "audio")!.dtmf!;
  // No event tells when a browser is ready for it; the scenario's time is the bound.
  while (!dtmf.canInsertDTMF) await new Promise((resolve) => setTimeout(resolve, 20));
  const played: string[] = [];
  dtmf.addEventListener("tonechange", ({ tone }) => played.push(tone));
  dtmf.insertDTMF(tones, 100, 70);
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
    assertEquals(await browser.run(dial, NUMBER), [...NUMBER, ""]);
    assertEquals(await heard, [...NUMBER].flatMap((tone) => [`${tone} start`, `${tone} end`]));
  },
};
