import { deadline } from "@std/async/deadline";
import { mediaDevices, type MediaStreamTrack } from "../../../mod.ts";
import { until } from "../harness/data.ts";
import type { Peer } from "../harness/peer.ts";
import type { Scenario } from "../harness/scenario.ts";
import type { Side } from "../harness/side.ts";
import { eventually } from "./eventually.ts";
import { gives } from "./gives.ts";
import { offerAnew } from "./offer_anew.ts";
import { framesShown, removeVideo, sendCamera, showTracks } from "./page.ts";
import { parties } from "./parties.ts";

/** So many frames show that something comes. */
const FRAMES = 20;
/** How long a track that comes, or comes no more, may take to show it, in milliseconds. */
const PATIENCE = 10_000;

/** Waits until more frames are decoded in the page. */
export async function showsMore(browser: Peer): Promise<void> {
  const before = await browser.run(framesShown);
  await eventually(
    `${FRAMES} more frames are shown`,
    () => browser.run(framesShown),
    (frames) => frames >= before + FRAMES,
  );
}

/** The tracks of video that come, the latest last. */
export function videoTracks({ pc }: Side): MediaStreamTrack[] {
  return pc.getReceivers().map(({ track }) => track).filter(({ kind }) => kind === "video");
}

/** Whether the page's video has become mute, as it does when the other side sends no more. */
function isMute({ pc }: Side): boolean {
  return pc.getReceivers().filter(({ track }) => track.kind === "video")
    .every(({ track }) => track.muted);
}

/** In a call that begins with data alone, each side adds media, takes it away, and adds it again, by offers of its own. */
export const renegotiates: Scenario = {
  name: "adds and removes tracks in a live call, in both directions",
  timeout: 90_000,
  async run(call) {
    const { browser, heron } = parties(call);
    await call.offerer.run((side) => void side.open("first"));
    await browser.run(showTracks, false);
    await call.connect();

    await browser.run(sendCamera);
    await offerAnew(browser);
    const [theirs] = await heron.run(videoTracks);
    await gives(theirs!);

    const camera = await mediaDevices.getUserMedia({ video: { width: 320 }, audio: true });
    const [ours] = camera.getVideoTracks();
    try {
      const senders = await heron.run(({ pc }) =>
        camera.getTracks().map((track) => pc.addTrack(track, camera))
      );
      await offerAnew(heron);
      await showsMore(browser);
      await gives(theirs!); // and that goes on

      const mutes = deadline(until(theirs!, ["mute"], () => theirs!.muted), PATIENCE);
      await browser.run(removeVideo);
      await offerAnew(browser);
      await mutes;
      await showsMore(browser); // what comes the other way goes on

      const video = senders.find(({ track }) => track === ours)!;
      await heron.run(({ pc }) => pc.removeTrack(video));
      await offerAnew(heron);
      await eventually("the page's video is mute", () => browser.run(isMute), (mute) => mute);

      await browser.run(sendCamera);
      await offerAnew(browser);
      await gives((await heron.run(videoTracks)).at(-1)!);
      await heron.run(({ pc }) => void pc.addTrack(ours!, camera));
      await offerAnew(heron);
      await showsMore(browser);
    } finally {
      for (const track of camera.getTracks()) track.stop();
    }
  },
};
