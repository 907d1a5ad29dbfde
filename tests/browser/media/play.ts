import { assert, assertEquals } from "@std/assert";
import { mediaDevices, type MediaStream } from "../../../mod.ts";
import { playFile } from "../../../media/mod.ts";
import { encode, testInput } from "../../media/ffmpeg.ts";
import type { Call, Scenario } from "../harness/scenario.ts";
import type { Side } from "../harness/side.ts";
import { eventually } from "./eventually.ts";
import { figures, picturesShown, showTracks } from "./page.ts";
import { parties } from "./parties.ts";
import { checkPauses, longestPause } from "./pauses.ts";

/** So many pictures have to be decoded. */
const FRAMES = 60;
/** The length of the files that are played, in seconds: longer than anybody looks. */
const SECONDS = 20;

/** Quick, and without frames that are not shown. */
const LIVE = ["-cpu-used", "8", "-lag-in-frames", "0"];

/** How ffmpeg makes a file of each video codec that Heron plays, in real time's quality. */
const ENCODERS: Readonly<Record<string, readonly string[]>> = {
  "video/VP8": ["-c:v", "libvpx", "-deadline", "realtime", "-f", "webm"],
  "video/VP9": ["-c:v", "libvpx-vp9", "-deadline", "realtime", ...LIVE, "-f", "webm"],
  "video/AV1": ["-c:v", "libaom-av1", "-usage", "realtime", ...LIVE, "-f", "webm"],
  "video/H264": ["-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "baseline", "-f", "mp4"],
};

/** Heron sends a stream, and the browser shows and hears it. */
async function plays(call: Call, stream: MediaStream, codec: string): Promise<void> {
  const { browser, heron, browserOffers } = parties(call);
  await heron.run(({ pc }: Side) => {
    for (const track of stream.getTracks()) pc.addTrack(track, stream);
  });
  await browser.run(showTracks, browserOffers);
  await call.connect();
  const seen = await eventually(
    `${FRAMES} frames are decoded`,
    () => browser.run(figures),
    ({ framesDecoded }) => framesDecoded >= FRAMES,
  );
  const shown = await browser.run(picturesShown);
  call.note(
    `${seen.framesDecoded} of ${seen.framesReceived} frames, ${seen.freezeCount} freezes, ` +
      `at most ${longestPause(shown)} ms apart, audio energy ${seen.audioEnergy.toFixed(3)}`,
  );
  assertEquals(seen.videoCodec.toLowerCase(), codec.toLowerCase());
  assertEquals(seen.audioCodec.toLowerCase(), "audio/opus");
  assert(seen.framesReceived - seen.framesDecoded < 10, JSON.stringify(seen));
  assertEquals(seen.freezeCount ?? 0, 0);
  checkPauses(shown);
  assertEquals(seen.width, 320);
  assert(seen.audioEnergy > 0, "there is no sound");
}

/** A file that Heron plays. */
export function playsFile(codec: string): Scenario {
  return {
    name: `plays a file of ${codec} to the browser`,
    async run(call) {
      const file = await encode([
        ...[...testInput(SECONDS), ...ENCODERS[codec]!, "-g", "50", "-b:v", "300k"],
        ...["-c:a", "libopus", "-strict", "experimental"],
      ]);
      const player = await playFile(file);
      try {
        await plays(call, player.stream, codec);
      } finally {
        player.stop();
      }
    },
  };
}

/** Heron's own camera and microphone. */
export const playsDevices: Scenario = {
  name: "plays synthetic devices to the browser",
  async run(call) {
    const stream = await mediaDevices.getUserMedia({ audio: true, video: { width: 320 } });
    try {
      await plays(call, stream, "video/VP8");
    } finally {
      for (const track of stream.getTracks()) track.stop();
    }
  },
};
