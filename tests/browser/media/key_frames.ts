import { assert, assertEquals } from "@std/assert";
import { deadline } from "@std/async/deadline";
import {
  mediaDevices,
  type MediaStreamTrack,
  MediaStreamTrackGenerator,
  MediaStreamTrackProcessor,
} from "../../../mod.ts";
import { requestKeyFrame } from "../../../media/media_stream_track.ts";
import type { Scenario } from "../harness/scenario.ts";
import type { Side } from "../harness/side.ts";
import { eventually } from "./eventually.ts";
import { figures, sendCamera, showTracks } from "./page.ts";
import { parties } from "./parties.ts";

/** A key frame has to come so soon, in milliseconds. */
const SOON = 1000;
/** How often one is asked for. */
const TIMES = 3;
/** So many frames in a row that are none show that the sender does not send key frames by itself. */
const QUIET = 30;

/** Asks for key frames when none have come for a while; returns after how many milliseconds each of them came. */
async function askForKeyFrames(track: MediaStreamTrack): Promise<number[]> {
  const delays: number[] = [];
  let deltas = 0;
  let askedAt: number | undefined;
  for await (const { type } of new MediaStreamTrackProcessor({ track }).readable) {
    deltas = type === "key" ? 0 : deltas + 1;
    if (type === "key" && askedAt !== undefined) {
      delays.push(performance.now() - askedAt);
      askedAt = undefined;
      if (delays.length === TIMES) break;
    } else if (askedAt === undefined && deltas >= QUIET) {
      askedAt = performance.now();
      requestKeyFrame(track); // what a recorder does
    }
  }
  return delays;
}

/** Heron asks, by PLI (RFC 4585 section 6.3.1). */
export const getsKeyFrames: Scenario = {
  name: "gets a key frame from the browser within a second",
  async run(call) {
    const { browser, heron, browserOffers } = parties(call);
    await heron.run(({ pc }, offers) => {
      if (offers) pc.addTransceiver("video", { direction: "recvonly" });
    }, !browserOffers);
    await browser.run(sendCamera);
    await call.connect();
    const track = await heron.run(({ pc }) =>
      pc.getReceivers().find(({ track }) => track.kind === "video")!.track
    );
    const delays = await askForKeyFrames(track);
    call.note(`after ${delays.map((delay) => Math.round(delay)).join(", ")} ms`);
    assertEquals(delays.length, TIMES);
    for (const delay of delays) assert(delay < SOON, `${delay} ms`);
    const asked = await browser.run(timesAsked);
    assert(asked >= TIMES, `${asked} PLIs`);
  },
};

/** How many PLIs a page has got. */
async function timesAsked({ pc }: Side): Promise<number> {
  // deno-lint-ignore no-explicit-any -- the page's own types are not known here
  const stats: any[] = [...(await pc.getStats()).values()];
  return stats.find(({ type, kind }) => type === "outbound-rtp" && kind === "video").pliCount;
}

/** VP8 whose first partition is longer than all there is: no decoder takes it. */
const BROKEN = new Uint8Array(100).fill(0xff);

/** A track with what another one carries, of which a frame can be broken. */
class BreakableTrack {
  readonly track: MediaStreamTrackGenerator = new MediaStreamTrackGenerator({
    kind: "video",
    codec: "vp8",
  });
  #source: MediaStreamTrack;
  #breaks = false;

  constructor(source: MediaStreamTrack) {
    this.#source = source;
    this.track.addEventListener("keyframerequest", () => requestKeyFrame(source));
  }

  /** Carries what comes, until the source ends. */
  async run(): Promise<void> {
    const writer = this.track.writable.getWriter();
    for await (
      const chunk of new MediaStreamTrackProcessor({ track: this.#source }).readable
    ) {
      const isBroken = this.#breaks && chunk.type === "delta";
      if (isBroken) this.#breaks = false;
      await writer.write(isBroken ? { ...chunk, data: BROKEN } : chunk);
    }
  }

  /** Breaks the next frame, and waits until a key frame is asked for. */
  breakFrame(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.track.addEventListener("keyframerequest", () => resolve(), { once: true });
    this.#breaks = true;
    return promise;
  }
}

/** The browser asks, and whoever encodes for Heron is told. */
export const givesKeyFrames: Scenario = {
  name: "gives the browser a key frame when it needs one",
  async run(call) {
    const { browser, heron, browserOffers } = parties(call);
    const camera = await mediaDevices.getUserMedia({ video: { width: 320 } });
    const [source] = camera.getVideoTracks();
    const breakable = new BreakableTrack(source!);
    const running = breakable.run();
    try {
      await heron.run(({ pc }) => void pc.addTrack(breakable.track, camera));
      await browser.run(showTracks, browserOffers);
      await call.connect();
      const decodes = (least: number) =>
        eventually(
          `${least} frames are decoded`,
          () => browser.run(figures),
          ({ framesDecoded }) => framesDecoded >= least,
        );
      const before = await decodes(QUIET);
      const began = performance.now();
      await deadline(breakable.breakFrame(), SOON);
      const told = Math.round(performance.now() - began);
      const after = await decodes(before.framesDecoded + QUIET);
      call.note(`told after ${told} ms, ${after.keyFramesDecoded} key frames decoded`);
      assert(after.keyFramesDecoded > before.keyFramesDecoded, "no key frame is decoded");
      assert(after.pliCount + after.firCount > before.pliCount + before.firCount, "nothing asked");
    } finally {
      source!.stop();
      await running;
    }
  },
};
