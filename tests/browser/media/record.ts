import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import type { MediaStreamTrack } from "../../../mod.ts";
import { type RecordingFormat, recordTracks } from "../../../media/mod.ts";
import { probe } from "../../media/ffmpeg.ts";
import type { Scenario } from "../harness/scenario.ts";
import type { Side } from "../harness/side.ts";
import { until } from "../harness/data.ts";
import { type Codecs, sendCamera } from "./page.ts";
import { parties } from "./parties.ts";
import { preferring } from "./preferring.ts";

/** How long is recorded, in seconds. */
const SECONDS = 10;
/** By what share of that a recording may be longer or shorter. */
const TOLERANCE = 0.03;

/** Heron takes what comes, in these codecs rather than others, and sends nothing. */
function listen({ pc }: Side, codecs: Codecs, offers: boolean): void {
  for (const kind of offers ? ["audio", "video"] as const : []) {
    pc.addTransceiver(kind, { direction: "recvonly" })
      .setCodecPreferences(preferring(kind, codecs[kind]));
  }
  pc.ontrack = ({ track, transceiver }) =>
    transceiver.setCodecPreferences(
      preferring(track.kind as "audio" | "video", codecs[track.kind as "audio" | "video"]),
    );
}

/** Both tracks of a connection, once something comes in them. */
async function flowingTracks({ pc }: Side): Promise<MediaStreamTrack[]> {
  const tracks = pc.getReceivers().map(({ track }) => track);
  for (const track of tracks) await until(track, ["unmute"], () => !track.muted);
  return tracks;
}

/** Heron records the browser's camera and microphone, and another program judges the file. */
export function records(format: RecordingFormat, codecs: Codecs): Scenario {
  return {
    name: `records ${SECONDS} s of ${codecs.video} and ${codecs.audio} as ${format}`,
    async run(call) {
      const { browser, heron, browserOffers } = parties(call);
      await heron.run(listen, codecs, !browserOffers);
      await browser.run(sendCamera);
      await call.connect();
      const tracks = await heron.run(flowingTracks);
      const recording = recordTracks(tracks, { format });
      await delay(SECONDS * 1000); // this much is to be recorded
      const { bytes, chunks, duration } = await recording.stop();
      const { streams, format: container, complaints } = await probe(bytes!);
      call.note(
        `${bytes!.length} bytes, ${chunks} chunks, ${duration.toFixed(2)} s, ` +
          `by ffprobe ${container.duration} s and ` +
          streams.map((s) => `${s.nb_read_frames} frames of ${s.codec_name}`).join(", "),
      );
      assertEquals(complaints, "");
      assertEquals(
        streams.map(({ codec_name }) => codec_name).sort(),
        [codecs.audio, codecs.video].map((type) => type.split("/")[1]!.toLowerCase()).sort(),
      );
      for (const told of [duration, Number(container.duration)]) {
        assert(Math.abs(told - SECONDS) <= TOLERANCE * SECONDS, `${told} s`);
      }
      const pictures = streams.find(({ codec_type }) => codec_type === "video")!;
      assert(Number(pictures.nb_read_frames) > 10 * SECONDS, `${pictures.nb_read_frames} frames`);
    },
  };
}
