import { assert, assertEquals, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import type { MediaStreamTrack, RTCRtpTransceiver } from "../../../mod.ts";
import { type RecordingFormat, recordTracks } from "../../../media/mod.ts";
import { probe, type Probed } from "../../media/ffmpeg.ts";
import type { Scenario } from "../harness/scenario.ts";
import type { Side } from "../harness/side.ts";
import { gives } from "./gives.ts";
import { sendCopies } from "./page.ts";
import { parties } from "./parties.ts";
import { preferring } from "./preferring.ts";

/** How long is recorded, in seconds. */
const SECONDS = 10;
/** By what share of that a recording may be longer or shorter. */
const TOLERANCE = 0.03;
/** So many frames a second have to be in it, of the 15 that a page is asked for. */
const FRAME_RATE = 10;

/** One file: its format, and of which codecs' tracks it is made. */
type File = readonly [RecordingFormat, ...string[]];

/** Every codec that browsers send, in formats that hold it. */
const FILES: readonly File[] = [
  ["webm", "video/VP8", "audio/opus"],
  ["webm", "video/VP9", "audio/opus"],
  ["webm", "video/AV1", "audio/opus"],
  ["mkv", "video/VP9", "audio/opus"],
  ["mp4", "video/AV1", "audio/opus"],
  ["mp4", "video/H264", "audio/opus"],
  ["mov", "video/H264", "audio/PCMA"],
  ["mov", "audio/PCMU", "audio/PCMA"],
  ["wav", "audio/PCMU"],
  ["wav", "audio/G722"],
  ["ogg", "audio/opus"],
  ["ivf", "video/AV1"],
];

/** What ffprobe calls them. */
const PROBED_NAMES: Readonly<Record<string, string>> = {
  "video/VP8": "vp8",
  "video/VP9": "vp9",
  "video/AV1": "av1",
  "video/H264": "h264",
  "audio/opus": "opus",
  "audio/PCMU": "pcm_mulaw",
  "audio/PCMA": "pcm_alaw",
  "audio/G722": "adpcm_g722",
};

type Kind = "audio" | "video";

/** Which codecs of a kind are sent, each in a section of its own. */
function ofKind(codecs: readonly string[], kind: string): string[] {
  return codecs.filter((codec) => codec.startsWith(kind));
}

/** The sections of a kind, in the order of the codecs. */
function sections({ pc }: Side, kind: string): RTCRtpTransceiver[] {
  return pc.getTransceivers().filter(({ receiver }) => receiver.track.kind === kind);
}

/** Heron takes what comes, in each section by another codec, and sends nothing. */
function listen(side: Side, codecs: readonly string[], offers: boolean): void {
  const { pc } = side;
  for (const codec of offers ? codecs : []) {
    const kind = codec.split("/")[0] as Kind;
    pc.addTransceiver(kind, { direction: "recvonly" })
      .setCodecPreferences(preferring(kind, codec));
  }
  pc.ontrack = ({ track, transceiver }) => {
    const kind = track.kind as Kind;
    const codec = ofKind(codecs, kind)[sections(side, kind).indexOf(transceiver)]!;
    transceiver.setCodecPreferences(preferring(kind, codec));
  };
}

/** The track that comes by each codec, once all of them flow. */
async function flowingTracks(
  side: Side,
  codecs: readonly string[],
): Promise<Map<string, MediaStreamTrack>> {
  const tracks = new Map<string, MediaStreamTrack>();
  for (const kind of ["audio", "video"]) {
    for (const [i, { receiver }] of sections(side, kind).entries()) {
      tracks.set(ofKind(codecs, kind)[i]!, receiver.track);
    }
  }
  await Promise.all(Array.from(tracks.values(), gives));
  return tracks;
}

/** Heron records what the browser sends by each of these codecs, in all formats that hold them, and another program judges the files. */
export function records(codecs: readonly string[]): Scenario {
  const files = FILES.filter(([, ...held]) => held.every((codec) => codecs.includes(codec)));
  return {
    name: `records ${SECONDS} s of every codec, in ${files.length} files at once`,
    timeout: 60_000,
    async run(call) {
      const { browser, heron, browserOffers } = parties(call);
      await heron.run(listen, codecs, !browserOffers);
      await browser.run(sendCopies, {
        audio: ofKind(codecs, "audio").length,
        video: ofKind(codecs, "video").length,
      });
      await call.connect();
      const tracks = await heron.run(flowingTracks, codecs);
      const recordings = files.map(([format, ...held]) =>
        recordTracks(held.map((codec) => tracks.get(codec)!), { format })
      );
      const vain = recordTracks([tracks.get("audio/G722")!], { format: "webm" });
      await delay(SECONDS * 1000); // this much is to be recorded
      const results = await Promise.all(recordings.map((recording) => recording.stop()));
      await assertRejects(() => vain.stop(), DOMException, "webm can't hold audio/G722");
      for (const [i, file] of files.entries()) {
        const { bytes, duration } = results[i]!;
        const probed = await probe(bytes!);
        call.note(`${file.join(" ")}: ${describe(probed)}, ${bytes!.length} bytes`);
        check(file, probed, duration);
      }
    },
  };
}

function describe({ streams, format }: Probed): string {
  const frames = streams.map((s) => `${s.nb_read_frames} frames of ${s.codec_name}`);
  return `${format.duration ?? "an unknown number of"} s, ${frames.join(", ")}`;
}

function check([format, ...codecs]: File, probed: Probed, recorded: number): void {
  const { streams, format: { duration }, complaints } = probed;
  assertEquals(complaints, "", format);
  assertEquals(
    streams.map(({ codec_name }) => codec_name).sort(),
    codecs.map((codec) => PROBED_NAMES[codec]).sort(),
  );
  // An IVF file does not say how long it is.
  for (const told of [recorded, ...format === "ivf" ? [] : [Number(duration)]]) {
    assert(Math.abs(told - SECONDS) <= TOLERANCE * SECONDS, `${told} s of ${format}`);
  }
  for (const { codec_type, codec_name, nb_read_frames } of streams) {
    const least = codec_type === "video" ? FRAME_RATE * SECONDS : 1;
    assert(Number(nb_read_frames) >= least, `${nb_read_frames} frames of ${codec_name}`);
  }
}
