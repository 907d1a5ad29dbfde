import { assert, assertEquals, assertRejects } from "@std/assert";
import { probe } from "../ffmpeg.ts";
import { opus } from "../../peer/call.ts";
import { parseCodec } from "../../../media/codec.ts";
import { type EncodedLoop, loadBars } from "../../../media/devices/assets.ts";
import { MediaSource } from "../../../media/media_source.ts";
import { recordTracks } from "../../../media/mod.ts";
import { createTrack } from "../../../media/media_stream_track.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

/** A key frame, as a peer may call it, that nothing can be learned from. */
const BROKEN = { type: "key", data: Uint8Array.of(1, 2, 3) } as const;

async function bars(mimeType: string): Promise<EncodedLoop> {
  const loops = await loadBars("320x240");
  return loops.find(({ codec }) => codec.mimeType === mimeType)!;
}

Deno.test("a file begins with a key frame that can be read: those that can't are passed over, and sound goes on", async () => {
  const clock = new VirtualClock();
  let requests = 0;
  const { codec, frames } = await bars("video/VP8");
  const onKeyFrameRequest = () => void requests++;
  const video = new MediaSource({ kind: "video", codecs: [codec], onKeyFrameRequest });
  const audio = new MediaSource({ kind: "audio", codecs: [parseCodec("opus")!] });
  const tracks = [video, audio].map((source) => createTrack(source));
  const recording = recordTracks(tracks, { format: "webm", clock });
  assertEquals(requests, 1); // as it begins
  for (let i = 0; i < 50; i++) {
    const timestamp = clock.now() * 1000;
    const type = i === 30 ? "key" : "delta";
    video.emit({ timestamp, ...i < 30 ? BROKEN : { type, data: frames[i - 30]! } });
    audio.emit({ ...opus(0), timestamp });
    await clock.advance(40);
  }
  assertEquals(requests, 1 + 2); // within 1.2 s
  const { bytes, chunks } = await recording.stop();
  assertEquals(chunks, 20 + 20);
  assertEquals((await probe(bytes!)).complaints, "");
  for (const track of tracks) track.stop();
  clock.assertIdle();
});

Deno.test("a recording of nothing but pictures that can't be read is an EncodingError", async () => {
  const source = new MediaSource({ kind: "video", codecs: [parseCodec("vp8")!] });
  const recording = recordTracks([createTrack(source)], { format: "webm" });
  source.emit({ ...BROKEN, timestamp: 0 });
  const error = await assertRejects(() => recording.stop(), DOMException, "video/VP8");
  assertEquals(error.name, "EncodingError");
});

Deno.test("AV1 of any size is written to IVF", async () => {
  const { codec, frames } = await bars("video/AV1");
  const source = new MediaSource({ kind: "video", codecs: [codec] });
  const recording = recordTracks([createTrack(source)], { format: "ivf" });
  const large = new Uint8Array(1_000_000);
  source.emit({ type: "key", timestamp: 0, data: frames[0]! });
  source.emit({ type: "delta", timestamp: 40_000, data: large });
  const { bytes } = await recording.stop();
  assert(bytes!.length > large.length);
});
