import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { decodedFrames, encode, probe, testInput } from "../ffmpeg.ts";
import { chunk } from "../sources.ts";
import { parseCodec } from "../../../media/codec.ts";
import { type EncodedLoop, loadBars } from "../../../media/devices/assets.ts";
import { createMediaDevices } from "../../../media/devices/media_devices.ts";
import { MediaSource } from "../../../media/media_source.ts";
import {
  MediaPlayer,
  type MediaStreamConstraints,
  MediaStreamTrackGenerator,
  type RecordingFormat,
  type RecordOptions,
  recordTracks,
} from "../../../media/mod.ts";
import { createTrack } from "../../../media/media_stream_track.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

/** Records the synthetic devices for some seconds. */
async function recordDevices(
  constraints: MediaStreamConstraints,
  format: RecordingFormat,
  seconds: number,
  options: Partial<RecordOptions> = {},
) {
  const clock = new VirtualClock();
  const stream = await createMediaDevices(clock).getUserMedia(constraints);
  const recording = recordTracks(stream, { format, clock, ...options });
  await clock.advance(seconds * 1000);
  const result = await recording.stop();
  for (const track of stream.getTracks()) track.stop();
  clock.assertIdle();
  return result;
}

const AV = { audio: true, video: { width: 320 } };
const FORMATS: readonly [RecordingFormat, MediaStreamConstraints, string[]][] = [
  ["webm", AV, ["opus", "vp8"]],
  ["mkv", AV, ["opus", "vp8"]],
  ["mp4", AV, ["opus", "vp8"]],
  ["mov", AV, ["h264", "pcm_mulaw"]],
  ["ogg", { audio: true }, ["opus"]],
  ["wav", { audio: true }, ["pcm_mulaw"]],
  ["ivf", { video: { width: 320 } }, ["vp8"]],
];

/** A recording of Opus and VP8, and where its tracks come from. */
function recordBoth(format: "webm" | "mp4" = "webm") {
  const clock = new VirtualClock();
  const audio = new MediaSource({ kind: "audio", codecs: [parseCodec("opus")!] });
  const video = new MediaSource({ kind: "video", codecs: [parseCodec("vp8")!] });
  const recording = recordTracks([createTrack(audio), createTrack(video)], { format, clock });
  return { clock, audio, video, recording };
}

for (const [format, constraints, codecs] of FORMATS) {
  Deno.test(`ten seconds of ${format} are right, by a decoder's judgement`, async () => {
    const { bytes, discarded, duration } = await recordDevices(constraints, format, 10);
    assert(Math.abs(duration - 10) < 0.1, `${duration} s`);
    const { streams, format: probed, complaints } = await probe(bytes!);
    assertEquals(streams.map(({ codec_name }) => codec_name).sort(), codecs);
    assertEquals(complaints, "");
    assertEquals(discarded, 0);
    // An IVF file does not say how long it is.
    const probedDuration = format === "ivf" ? duration : Number(probed.duration);
    assert(Math.abs(probedDuration - 10) < 0.3, `${probedDuration} s`);
    const video = streams.find(({ codec_type }) => codec_type === "video");
    if (video !== undefined) {
      assertEquals([video.width, video.height], [320, 240]);
      assert(Math.abs(Number(video.nb_read_frames) - 300) <= 1, video.nb_read_frames);
    }
  });
}

for (const codec of ["vp9", "av1", "h264"]) {
  for (
    const format of codec === "h264" ? ["mkv", "mp4"] as const : ["webm", "mp4", "ivf"] as const
  ) {
    Deno.test(`${codec} in ${format} decodes to what was played`, async () => {
      const encoder = {
        vp9: ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-lag-in-frames", "0"],
        av1: ["-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", "8", "-lag-in-frames", "0"],
        h264: ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "0"],
      }[codec]!;
      const original = await encode([...testInput(1, "v"), ...encoder, "-g", "10", "-f", "mp4"]);
      const clock = new VirtualClock();
      const player = await MediaPlayer.open(original, { clock });
      const recording = recordTracks(player.stream, { format, clock });
      let isOver = false;
      const finished = recording.finished.finally(() => isOver = true);
      await clock.until(() => isOver);
      const { bytes } = await finished;
      assertEquals((await probe(bytes!)).complaints, "");
      assertEquals(await decodedFrames(bytes!, "v"), await decodedFrames(original, "v"));
    });
  }
}

Deno.test("G722 as WAVE decodes to what was sent, and its gaps are silence", async () => {
  const original = await encode([
    ...testInput(1, "a"),
    "-ar",
    "16000",
    "-c:a",
    "g722",
    "-f",
    "g722",
  ]);
  const clock = new VirtualClock();
  const source = new MediaSource({ kind: "audio", codecs: [parseCodec("g722")!] });
  const track = createTrack(source);
  const recording = recordTracks([track], { format: "wav", clock });
  for (let at = 0; at < original.length; at += 160) {
    if (at === 4000) await clock.advance(1000);
    const timestamp = clock.now() * 1000;
    source.emit({ type: "key", timestamp, data: original.subarray(at, at + 160) });
    await clock.advance(20);
  }
  const { bytes, duration } = await recording.stop();
  const { streams, format, complaints } = await probe(bytes!);
  assertEquals(complaints, "");
  assertEquals(streams.map(({ codec_name }) => codec_name), ["adpcm_g722"]);
  assertEquals([duration, Number(format.duration)], [2, 2]);
  const samples = bytes!.subarray(58);
  assertEquals(samples.subarray(0, 4000), original.subarray(0, 4000));
  assert(samples.subarray(4000, 12_000).every((byte) => byte === 0xff));
  assertEquals(samples.subarray(12_000), original.subarray(4000));
  track.stop();
});

Deno.test("what goes to a stream is a file as well", async () => {
  for (const format of ["webm", "mp4", "ogg", "ivf"] as const) {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const received = new Response(readable as ReadableStream<Uint8Array<ArrayBuffer>>).bytes();
    const constraints = { ogg: { audio: true }, ivf: { video: true } }[format as string] ?? AV;
    const { bytes } = await recordDevices(constraints, format, 3, { writable });
    assertEquals(bytes, undefined);
    const { streams, complaints } = await probe(await received);
    assertEquals(complaints, "", format);
    assert(streams.every(({ nb_read_frames }) => Number(nb_read_frames) >= 80));
  }
});

Deno.test("a file ends when its tracks have ended; a track may end before the others", async () => {
  const clock = new VirtualClock();
  const stream = await createMediaDevices(clock).getUserMedia(AV);
  const recording = recordTracks(stream, { format: "webm", clock });
  await clock.advance(1000);
  stream.getVideoTracks()[0]!.stop();
  await clock.advance(1000);
  stream.getAudioTracks()[0]!.stop();
  const { bytes, duration } = await recording.finished;
  assert(Math.abs(duration - 2) < 0.1);
  const { streams, complaints } = await probe(bytes!);
  assertEquals(complaints, "");
  const counts = Object.fromEntries(streams.map((s) => [s.codec_type, Number(s.nb_read_frames)]));
  assert(counts.video! <= 32 && counts.audio! >= 98, JSON.stringify(counts));
  clock.assertIdle();
});

Deno.test("a recording asks for a key frame and begins with it; sound before it is left out", async () => {
  const clock = new VirtualClock();
  const source = new MediaSource({ kind: "audio", codecs: [parseCodec("opus")!] });
  const stream = await createMediaDevices(clock).getUserMedia({ video: { width: 320 } });
  stream.addTrack(createTrack(source));
  await clock.advance(500);
  const recording = recordTracks(stream, { format: "webm", clock });
  const silence = Uint8Array.of(0xf8, 0xff, 0xfe);
  for (let i = 0; i < 20; i++) {
    source.emit({ type: "key", timestamp: (clock.now() - 100) * 1000, data: silence });
    await clock.advance(20);
  }
  const { bytes, discarded } = await recording.stop();
  const { streams, complaints } = await probe(bytes!);
  assertEquals(complaints, "");
  assert(discarded > 3);
  const video = streams.find(({ codec_type }) => codec_type === "video");
  assert(Number(video!.nb_read_frames) >= 11);
  for (const track of stream.getTracks()) track.stop();
});

Deno.test("a change of size goes into the file", async () => {
  const clock = new VirtualClock();
  const stream = await createMediaDevices(clock).getUserMedia({ video: true });
  const [track] = stream.getVideoTracks();
  for (const format of ["webm", "mkv"] as const) {
    await track!.applyConstraints({ width: 640 });
    const recording = recordTracks(stream, { format, clock });
    await clock.advance(500);
    await track!.applyConstraints({ width: 320 });
    await clock.advance(500);
    const { bytes } = await recording.stop();
    const { complaints, streams } = await probe(bytes!);
    assertEquals(complaints, "");
    assertEquals(streams[0]!.width, 640);
  }
  track!.stop();
});

Deno.test("a track that is silent is left out after three seconds, and the others are kept", async () => {
  const clock = new VirtualClock();
  const stream = await createMediaDevices(clock).getUserMedia({ audio: true });
  const muted = new MediaSource({ kind: "video", muted: true });
  stream.addTrack(createTrack(muted));
  const recording = recordTracks(stream, { format: "webm", clock });
  await clock.advance(5000);
  const { bytes, duration } = await recording.stop();
  assert(Math.abs(duration - 5) < 0.1);
  assertEquals((await probe(bytes!)).streams.map(({ codec_name }) => codec_name), ["opus"]);
  stream.getTracks().forEach((track) => track.stop());
});

Deno.test("a file in memory grows to its bound and ends there", async () => {
  const clock = new VirtualClock();
  const stream = await createMediaDevices(clock).getUserMedia({ video: true });
  const recording = recordTracks(stream, { format: "webm", clock, maxBytes: 20_000 });
  await clock.advance(10_000);
  const { bytes } = await recording.finished;
  assert(bytes!.length > 18_000 && bytes!.length < 24_000, `${bytes!.length}`);
  stream.getTracks()[0]!.stop();
});

Deno.test("a file that begins because its tracks have ended is finished once", async () => {
  const picture = new MediaStreamTrackGenerator({ kind: "video", codec: "vp8" });
  const sound = new MediaStreamTrackGenerator({ kind: "audio", codec: "opus" });
  const recording = recordTracks([picture, sound], { format: "webm" });
  const metadata = { rtpTimestamp: 0 }; // sender reports are waited for
  const vp8 = Uint8Array.of(0x10, 0, 0, 0x9d, 0x01, 0x2a, 64, 0, 48, 0);
  const opus = Uint8Array.of(0xf8, 0xff, 0xfe);
  await picture.writable.getWriter().write({ type: "key", timestamp: 0, data: vp8, metadata });
  await sound.writable.getWriter().write({ type: "key", timestamp: 0, data: opus, metadata });
  const { warn } = console;
  let warnings = 0;
  Object.assign(console, { warn: () => warnings++ }); // the library does where it is asked to finish twice
  picture.stop();
  sound.stop();
  const { chunks } = await recording.finished;
  await new Promise((resolve) => setTimeout(resolve));
  Object.assign(console, { warn });
  assertEquals([chunks, warnings], [2, 0]);
});

Deno.test("of nothing, an empty file comes", async () => {
  const track = createTrack(new MediaSource({ kind: "video" }));
  const { bytes, chunks } = await recordTracks([track], { format: "webm" }).stop();
  assertEquals([bytes, chunks], [new Uint8Array(0), 0]);
  track.stop();
  const { bytes: ended } = await recordTracks([track], { format: "ivf" }).finished;
  assertEquals(ended, new Uint8Array(0));
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  recordTracks([track], { format: "webm", writable });
  assertEquals((await Array.fromAsync(readable)).length, 0);
});

Deno.test("unknown formats, no tracks, and more than a format holds are TypeErrors", () => {
  const [audio, video] = (["audio", "video"] as const).map((kind) =>
    createTrack(new MediaSource({ kind }))
  );
  for (
    const [tracks, format] of [
      [[audio], "avi"],
      [[], "webm"],
      [[video, video], "ivf"],
      [[video], "ogg"],
      [[audio, audio], "wav"],
      [[{}], "webm"],
    ]
  ) {
    assertThrows(() => recordTracks(tracks as never, { format } as never), TypeError);
  }
});

Deno.test("chunks of a codec that the format does not hold are counted and left out", async () => {
  const clock = new VirtualClock();
  const stream = await createMediaDevices(clock).getUserMedia({ audio: true });
  const video = new MediaStreamTrackGenerator({ kind: "video" });
  stream.addTrack(video);
  const recording = recordTracks(stream, { format: "webm", clock });
  const data = Uint8Array.of(0, 0, 0, 1, 0x65);
  const metadata = { mimeType: "video/H264" };
  await video.writable.getWriter().write({ ...chunk(1), data, metadata });
  await clock.advance(5000);
  const { bytes, discarded } = await recording.stop();
  assertEquals(discarded, 1);
  assertEquals((await probe(bytes!)).streams.map(({ codec_name }) => codec_name), ["opus"]);
  stream.getTracks().forEach((track) => track.stop());
});

Deno.test("a recording of nothing but what the format does not hold is a NotSupportedError", async () => {
  for (const format of ["webm", "mkv", "mov", "ogg"] as const) {
    const track = new MediaStreamTrackGenerator({ kind: "audio", codec: "g722" });
    const recording = recordTracks([track], { format });
    await track.writable.getWriter().write({ ...chunk(1), type: "key" });
    const error = await assertRejects(() => recording.stop(), DOMException, "audio/G722");
    assertEquals(error.name, "NotSupportedError");
    track.stop();
  }
});

Deno.test("where sound does not come there is silence, as long as that lasts", async () => {
  for (
    const [format, constraints] of [["webm", AV], ["mov", AV], ["wav", { audio: true }]] as const
  ) {
    const clock = new VirtualClock();
    const stream = await createMediaDevices(clock).getUserMedia(constraints);
    const recording = recordTracks(stream, { format, clock });
    const [audio] = stream.getAudioTracks();
    await clock.advance(1000);
    audio!.enabled = false;
    await clock.advance(4000);
    audio!.enabled = true;
    await clock.advance(1000);
    const { bytes } = await recording.stop();
    const { complaints, format: { duration } } = await probe(bytes!);
    assertEquals(complaints, "");
    assert(Math.abs(Number(duration) - 6) < 0.1, `${format}: ${duration} s`);
    stream.getTracks().forEach((track) => track.stop());
  }
});

Deno.test("where sound has ended before the recording, there is silence to its end", async () => {
  for (
    const [format, constraints] of [["webm", AV], ["mov", AV], ["wav", { audio: true }]] as const
  ) {
    const clock = new VirtualClock();
    const stream = await createMediaDevices(clock).getUserMedia(constraints);
    const recording = recordTracks(stream, { format, clock });
    await clock.advance(1000);
    for (const track of stream.getTracks()) track.enabled = false;
    await clock.advance(4000);
    const { bytes, duration } = await recording.stop();
    const { complaints, format: probed } = await probe(bytes!);
    assertEquals(complaints, "");
    for (const told of [duration, Number(probed.duration)]) {
      assert(Math.abs(told - 5) < 0.1, `${format}: ${told} s`);
    }
    stream.getTracks().forEach((track) => track.stop());
  }
});

Deno.test("sound whose RTP timestamps stood still while there was none comes after the silence", async () => {
  const [{ frames }] = await loadBars("320x240") as [EncodedLoop];
  const data = Uint8Array.of(0xf8, 0xff, 0xfe);
  for (const format of ["webm", "mp4"] as const) {
    const { clock, audio, video, recording } = recordBoth(format);
    const metadata = (mimeType: string, rtpTimestamp: number) => ({ mimeType, rtpTimestamp });
    for (let time = 0, samples = 0; time < 10_000; time += 20) {
      if (time % 40 === 0) {
        const about = metadata("video/VP8", time * 90);
        video.emit({ type: "key", timestamp: 0, data: frames[0]!, metadata: about });
      }
      if (time < 1000 || time >= 8000) {
        audio.emit({ type: "key", timestamp: 0, data, metadata: metadata("audio/opus", samples) });
        samples += 960;
      }
      await clock.advance(20);
    }
    const { bytes, duration } = await recording.stop();
    const { complaints, streams } = await probe(bytes!);
    assertEquals(complaints, "");
    assert(Math.abs(duration - 10) < 0.1, `${duration} s`);
    const sound = streams.find(({ codec_type }) => codec_type === "audio")!;
    // Three seconds of packets, and one for each piece of silence.
    assert(Math.abs(Number(sound.nb_read_frames) - 157) < 10, sound.nb_read_frames);
  }
});

Deno.test("sound that is always behind the pictures is not left out for ever", async () => {
  const [{ frames }] = await loadBars("320x240") as [EncodedLoop];
  const data = Uint8Array.of(0xf8, 0xff, 0xfe);
  const { clock, audio, video, recording } = recordBoth();
  const metadata = (mimeType: string, rtpTimestamp: number) => ({ mimeType, rtpTimestamp });
  for (let time = 0; time < 6000; time += 20) {
    // After a second, the pictures' timestamps jump by four seconds.
    const ahead = time < 1000 ? 0 : 4000;
    const about = metadata("video/VP8", (time + ahead) * 90);
    video.emit({ type: "key", timestamp: 0, data: frames[0]!, metadata: about });
    audio.emit({ type: "key", timestamp: 0, data, metadata: metadata("audio/opus", time * 48) });
    await clock.advance(20);
  }
  const { bytes, discarded } = await recording.stop();
  assertEquals((await probe(bytes!)).complaints, "");
  assert(discarded < 50, `${discarded} of 300 chunks of sound were left out`);
});

Deno.test("silence of a day takes no more than a recording may", async () => {
  const clock = new VirtualClock();
  const source = new MediaSource({ kind: "audio", codecs: [parseCodec("ulaw")!] });
  const track = createTrack(source);
  const recording = recordTracks([track], { format: "wav", clock, maxBytes: 1_000_000 });
  source.emit({ type: "key", timestamp: 0, data: new Uint8Array(160) });
  await clock.advance(86_400_000);
  const { bytes } = await recording.stop();
  assert(bytes!.length > 1_000_000 && bytes!.length < 1_100_000, `${bytes!.length}`);
  track.stop();
});

Deno.test("a timestamp gone wrong takes no memory, and sound that comes late no file", async () => {
  const [opus, ulaw] = [["webm", "opus", Uint8Array.of(0xf8, 0xff, 0xfe)], [
    "mov",
    "ulaw",
    new Uint8Array(160).fill(0xff),
  ]] as const;
  for (const [format, codec, data] of [opus, ulaw]) {
    const track = new MediaStreamTrackGenerator({ kind: "audio", codec });
    const recording = recordTracks([track], { format });
    const writer = track.writable.getWriter();
    for (const timestamp of [0, 20_000, 5_000_000, 40_000, 60_000, 1e15]) {
      await writer.write({ type: "key", timestamp, data });
    }
    const { bytes } = await recording.stop();
    assert(bytes!.length > 0 && bytes!.length < 60_000);
    track.stop();
  }
});

Deno.test("sound and pictures are put together by capture times, unless these are far apart", async () => {
  const [{ frames }] = await loadBars("320x240") as [EncodedLoop];
  const data = Uint8Array.of(0xf8, 0xff, 0xfe);
  for (const [audioCapture, expected] of [[1e12 + 200, 0.22], [0, 0.02]] as const) {
    const { audio, video, recording } = recordBoth();
    const metadata = (captureTime: number) => ({ rtpTimestamp: 0, captureTime });
    video.emit({ type: "key", timestamp: 0, data: frames[0]!, metadata: metadata(1e12) });
    audio.emit({ type: "key", timestamp: 0, data, metadata: metadata(audioCapture) });
    const { duration } = await recording.stop();
    assertEquals(duration, expected);
  }
});

Deno.test("what peers send is put together by sender reports, which come a little later than the first frames", async () => {
  const [{ frames }] = await loadBars("320x240") as [EncodedLoop];
  const data = Uint8Array.of(0xf8, 0xff, 0xfe);
  const { clock, audio, video, recording } = recordBoth();
  const send = (source: MediaSource, data: Uint8Array, rtpTimestamp: number, senderTime?: number) =>
    source.emit({
      ...{ type: "key", timestamp: 0, data },
      metadata: {
        mimeType: source.codecs[0]!.mimeType,
        rtpTimestamp,
        ...(senderTime !== undefined && { senderTime }),
      },
    });
  // The picture is 300 ms younger than the sound beside which it arrives.
  send(audio, data, 0);
  send(video, frames[0]!, 0);
  await clock.advance(1000);
  send(audio, data, 48_000, 1e12 + 1000);
  send(video, frames[0]!, 90_000, 1e12 + 1300);
  await clock.advance(1000);
  send(video, frames[0]!, 180_000, 1e12 + 2300);
  const { duration, chunks, discarded } = await recording.stop();
  // From the picture at 300 ms to that at 2300 ms; the sound before the first picture is left out.
  assertEquals([duration, chunks, discarded], [3, 4, 1]);
});

Deno.test("of several simulcast layers in one track, the one that came first is recorded", async () => {
  const [{ frames }] = await loadBars("320x240") as [EncodedLoop];
  const track = new MediaStreamTrackGenerator({ kind: "video", codec: "vp8" });
  const recording = recordTracks([track], { format: "ivf" });
  const writer = track.writable.getWriter();
  for (const rid of ["h", "l", "h"]) {
    await writer.write({ type: "key", timestamp: 0, data: frames[0]!, metadata: { rid } });
  }
  const { chunks, discarded } = await recording.stop();
  assertEquals([chunks, discarded], [2, 1]);
  track.stop();
});

Deno.test("a stream that fails ends the recording with its reason", async () => {
  const writable = new WritableStream<Uint8Array>({
    write() {
      throw new Error("disk full");
    },
  });
  const clock = new VirtualClock();
  const stream = await createMediaDevices(clock).getUserMedia({ video: true });
  const recording = recordTracks(stream, { format: "ivf", clock, writable });
  await clock.advance(200);
  await assertRejects(() => recording.finished, Error, "disk full");
  stream.getTracks()[0]!.stop();
});
