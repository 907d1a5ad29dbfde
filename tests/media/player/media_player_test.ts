import { assert, assertEquals, assertRejects } from "@std/assert";
import { encode, testInput } from "../ffmpeg.ts";
import type { EncodedChunk } from "../../../media/encoded_chunk.ts";
import { type MediaFile, MediaPlayer, type MediaStreamTrack } from "../../../media/mod.ts";
import { attachSink, requestKeyFrame, trackSlots } from "../../../media/media_stream_track.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

const VP8 = ["-c:v", "libvpx", "-deadline", "realtime", "-g", "50"];
const H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-g", "50"];
const OPUS = ["-c:a", "libopus", "-b:a", "24k"];

/** A player on virtual time, and what comes out of its tracks. */
async function play(file: MediaFile, options: { loop?: boolean } = {}) {
  const clock = new VirtualClock();
  const player = await MediaPlayer.open(file, { ...options, clock });
  let isOver = false;
  player.ended.then(() => isOver = true, () => isOver = true);
  const chunks = new Map<string, EncodedChunk[]>();
  for (const track of player.stream.getTracks()) {
    const seen: EncodedChunk[] = [];
    chunks.set(track.kind, seen);
    attachSink(track, { write: (chunk) => void seen.push(chunk) });
  }
  return { clock, player, chunks, isOver: () => isOver, start: clock.now() };
}

const FILES: Readonly<Record<string, { args: string[]; codecs: string[] }>> = {
  webm: { args: [...testInput(2), ...VP8, ...OPUS, "-f", "webm"], codecs: ["VP8", "opus"] },
  mp4: { args: [...testInput(2), ...H264, ...OPUS, "-f", "mp4"], codecs: ["H264", "opus"] },
  ogg: { args: [...testInput(2, "a"), ...OPUS, "-f", "ogg"], codecs: ["opus"] },
  ivf: { args: [...testInput(2, "v"), ...VP8, "-f", "ivf"], codecs: ["VP8"] },
  ts: { args: [...testInput(2, "v"), ...H264, "-f", "mpegts"], codecs: ["H264"] },
  mov: {
    args: [...testInput(2), ...H264, "-ar", "8000", "-c:a", "pcm_mulaw", "-f", "mov"],
    codecs: ["H264", "PCMU"],
  },
};

for (const [format, { args, codecs }] of Object.entries(FILES)) {
  Deno.test(`${format} is played in real time, to its end`, async () => {
    const { clock, player, chunks, isOver, start } = await play(await encode(args));
    assertEquals(
      player.stream.getTracks().map((track) =>
        trackSlots(track).source.codecs[0]!.mimeType.split("/")[1]
      ).sort(),
      codecs.toSorted(),
    );
    await clock.until(isOver);
    const took = clock.now() - start;
    assert(took >= 1990 && took < 2100, `took ${took} ms`);
    const video = chunks.get("video");
    if (video !== undefined) {
      assertEquals(video.length, 50);
      assertEquals(video[0]!.type, "key");
      assertEquals(video[0]!.metadata?.width, 320);
      const steps = video.slice(1).map(({ timestamp }, i) => timestamp - video[i]!.timestamp);
      assert(steps.every((step) => Math.abs(step - 40_000) <= 1000));
    }
    await player.ended;
    await new Promise((resolve) => setImmediate(resolve));
    assert(!player.stream.active);
    clock.assertIdle();
  });
}

Deno.test("what a phone has filmed is turned as the file says", async () => {
  const file = await encode([...testInput(1, "v"), ...H264, "-f", "mp4"]);
  // ISO/IEC 14496-12 section 8.3.2: the matrix of a track header, here of a quarter turn clockwise.
  const matrix = new TextDecoder("latin1").decode(file).indexOf("tkhd") + 44;
  const view = new DataView(file.buffer);
  [0, 0x10000, 0, -0x10000, 0].forEach((value, i) => view.setInt32(matrix + 4 * i, value));
  const { clock, chunks, isOver } = await play(file);
  await clock.until(isOver);
  const rotations = chunks.get("video")!.map(({ metadata }) => metadata?.rotation);
  assertEquals(rotations, Array(25).fill(90));
});

Deno.test("H264 from MP4 is Annex B, with parameter sets in front of key frames", async () => {
  const { clock, chunks, isOver } = await play(await encode(FILES.mp4!.args));
  await clock.until(isOver);
  const [key, delta] = chunks.get("video")!;
  assertEquals([...key!.data.subarray(0, 5)].map((byte, i) => i < 4 ? byte : byte & 0x1f), [
    0,
    0,
    0,
    1,
    7,
  ]);
  assertEquals([...delta!.data.subarray(0, 4)], [0, 0, 0, 1]);
});

Deno.test("in a loop the timestamps go on, without a gap", async () => {
  const { clock, player, chunks, isOver } = await play(await encode(FILES.ivf!.args), {
    loop: true,
  });
  const video = chunks.get("video")!;
  await clock.until(() => video.length === 120);
  assert(!isOver());
  const steps = video.slice(1).map(({ timestamp }, i) => timestamp - video[i]!.timestamp);
  assert(steps.every((step) => Math.abs(step - 40_000) <= 1000), `${steps}`);
  player.stop();
  await clock.until(isOver);
  clock.assertIdle();
});

Deno.test("a file of one picture is shown again and again in a loop, and not too often", async () => {
  const file = await encode([...testInput(0.04, "v"), ...VP8, "-f", "ivf"]);
  const { clock, player, chunks, start } = await play(file, { loop: true });
  const video = chunks.get("video")!;
  await clock.until(() => video.length === 25);
  assert(Math.abs(clock.now() - start - 1000) <= 50, `${clock.now() - start} ms`);
  player.stop();
  await player.ended;
});

Deno.test("a request for a key frame jumps back to the last one, unless one is near; and not again and again", async () => {
  const args = [...testInput(5, "v"), ...VP8.slice(0, -1), "1000", "-f", "ivf"];
  const { clock, player, chunks } = await play(await encode(args));
  const video = chunks.get("video")!;
  const [track] = player.stream.getTracks() as [MediaStreamTrack];
  await clock.until(() => video.length === 30);
  requestKeyFrame(track);
  await clock.advance(60);
  assertEquals(video[30]!.type, "key");
  assertEquals(video[30]!.data, video[0]!.data);
  assert(video[30]!.timestamp > video[29]!.timestamp);
  requestKeyFrame(track);
  await clock.advance(200);
  assertEquals(video.slice(31, 35).map(({ type }) => type), Array(4).fill("delta"));
  player.stop();
  await player.ended;
});

Deno.test("a file that does not begin at zero jumps back all the same", async () => {
  // Beside Opus, ffmpeg's WebM begins some milliseconds late, for what an Opus decoder skips.
  const { clock, player, chunks } = await play(await encode([...FILES.webm!.args]));
  const video = chunks.get("video")!;
  const track = player.stream.getVideoTracks()[0]!;
  await clock.until(() => video.length === 3);
  requestKeyFrame(track);
  await clock.advance(60);
  assertEquals(video[3]!.type, "key");
  player.stop();
  await player.ended;
});

Deno.test("a file that begins after ten hours begins at once, and again in a loop", async () => {
  const late = ["-output_ts_offset", "36000", "-f", "matroska"];
  const file = await encode([...testInput(1), ...VP8, ...OPUS, ...late]);
  const stream = new Blob([file as BlobPart]).stream();
  for (const [from, loop] of [[file, true], [stream, false]] as const) {
    const { clock, player, chunks } = await play(from, { loop });
    await clock.advance(1500);
    const times = chunks.get("video")!.map(({ timestamp }) => timestamp / 1000);
    assertEquals(times.length, loop ? 38 : 25);
    const steps = times.slice(1).map((time, i) => time - times[i]!);
    assert(steps.every((step) => step > 20 && step < 60), `${steps}`);
    player.stop();
    await player.ended;
  }
});

Deno.test("a key frame that does not come when it should is not waited for", async () => {
  const args = [...testInput(4, "v"), ...VP8.slice(0, -1), "1000"];
  const { clock, player, chunks } = await play(
    await encode([...args, "-force_key_frames", "0,0.4", "-f", "ivf"]),
  );
  const video = chunks.get("video")!;
  const [track] = player.stream.getTracks() as [MediaStreamTrack];
  await clock.until(() => video.length === 60);
  requestKeyFrame(track);
  await clock.advance(60);
  assertEquals(video[60]!.type, "key");
  player.stop();
  await player.ended;
});

Deno.test("a key frame that comes by itself within a second is waited for", async () => {
  const { clock, player, chunks } = await play(
    await encode([...testInput(5, "v"), ...VP8, "-f", "ivf"]),
  );
  const video = chunks.get("video")!;
  const [track] = player.stream.getTracks() as [MediaStreamTrack];
  await clock.until(() => video.length === 80); // key frames are the first, the 51st and the 101st
  requestKeyFrame(track);
  await clock.until(() => video.length === 105);
  assertEquals(
    video.flatMap(({ type }, i) => type === "key" ? [i] : []),
    [0, 50, 100],
  );
  player.stop();
  await player.ended;
});

Deno.test("a player that is paused gives nothing, and goes on from where it stands", async () => {
  const { clock, player, chunks, isOver } = await play(await encode(FILES.webm!.args));
  const [video, audio] = [chunks.get("video")!, chunks.get("audio")!];
  await clock.until(() => video.length === 20);
  player.pause();
  player.pause();
  const before = audio.length;
  clock.assertIdle();
  await clock.advance(5000);
  assertEquals([player.paused, isOver(), video.length, audio.length], [true, false, 20, before]);
  player.resume();
  await clock.until(isOver);
  assertEquals([player.paused, video.length], [false, 50]);
  assertEquals(video.filter(({ type }) => type === "key").length, 1);
  const gap = video[20]!.timestamp - video[19]!.timestamp;
  assert(Math.abs(gap - 5_040_000) < 2000, `${gap} us`);
});

Deno.test("who needs a key frame while a player is paused begins with one when it goes on", async () => {
  const { clock, player, chunks, isOver } = await play(await encode(FILES.webm!.args));
  const video = chunks.get("video")!;
  await clock.until(() => video.length === 30);
  player.pause();
  await clock.advance(1000);
  requestKeyFrame(player.stream.getVideoTracks()[0]!);
  await clock.advance(1000);
  assertEquals(video.length, 30);
  player.resume();
  await clock.until(() => video.length === 31);
  assertEquals(video[30]!.type, "key");
  player.pause();
  player.stop();
  await clock.until(isOver);
  clock.assertIdle();
});

Deno.test("stopping all tracks ends the player", async () => {
  const { clock, player, isOver } = await play(await encode(FILES.webm!.args));
  await clock.advance(100);
  for (const track of player.stream.getTracks()) track.stop();
  await clock.until(isOver);
  clock.assertIdle();
});

Deno.test("what was missed while the machine slept is not made up for: playing goes on at its pace, in step", async () => {
  const { clock, player, chunks } = await play(await encode(FILES.webm!.args), { loop: true });
  const [video, audio] = [chunks.get("video")!, chunks.get("audio")!];
  await clock.until(() => video.length === 30);
  await clock.jump(3_600_000);
  assert(
    video.length < 45 && audio.length < 90,
    `${video.length} pictures, ${audio.length} sounds`,
  );
  const before = video.length;
  await clock.advance(1000);
  assert(Math.abs(video.length - before - 25) <= 2, `${video.length - before} in a second`);
  const [seen, heard] = [video.at(-1)!.timestamp, audio.at(-1)!.timestamp];
  assert(Math.abs(seen - clock.now() * 1000) < 100_000);
  assert(Math.abs(seen - heard) < 100_000);
  player.stop();
  await player.ended;
});

Deno.test("a stream that comes in bursts is played at its pace, once it was late", async () => {
  const file = await encode(FILES.ivf!.args);
  const clock = new VirtualClock();
  // Ten frames a piece, which come 150, 50 and 100 ms too late, and then in time.
  const times = [0, 550, 850, 1300, 1600];
  const bounds = [0, 32];
  const view = new DataView(file.buffer, file.byteOffset);
  while (bounds.at(-1)! < file.length) {
    bounds.push(bounds.at(-1)! + 12 + view.getUint32(bounds.at(-1)!, true));
  }
  const cuts = [0, ...[10, 20, 30, 40, 50].map((frames) => bounds[frames + 1]!)];
  let next = 0;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const time = times[next];
      if (time === undefined) return controller.close();
      const wait = time - (clock.now() - start);
      if (wait > 0) await new Promise<void>((resolve) => clock.after(wait, resolve));
      controller.enqueue(file.slice(cuts[next], cuts[++next]));
    },
  }, { highWaterMark: 0 });
  const start = clock.now();
  const player = await MediaPlayer.open(stream, { clock });
  let isOver = false;
  player.ended.finally(() => isOver = true);
  const given: number[] = [];
  attachSink(player.stream.getTracks()[0]!, { write: () => void given.push(clock.now()) });
  await clock.until(() => isOver);
  const steps = given.slice(1).map((time, i) => Math.round(time - given[i]!));
  assertEquals(given.length, 50);
  assert(Math.max(...steps) > 100, `${steps}`);
  assert(steps.slice(20).every((step) => step === 40), `${steps}`);
});

for (const format of ["webm", "ivf"]) {
  Deno.test(`stopping a player, or its tracks, lets go of a stream of ${format} from which nothing comes`, async () => {
    // Of WebM, only whole clusters are read.
    const clusters = format === "webm" ? ["-cluster_time_limit", "300"] : [];
    const file = await encode([...FILES[format]!.args, ...clusters]);
    for (const how of ["player", "tracks"]) {
      let isCancelled = false;
      const stalled = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(file.subarray(0, file.length / 2)),
        pull: () => new Promise(() => {}),
        cancel: () => void (isCancelled = true),
      });
      const { clock, player, chunks } = await play(stalled);
      await clock.advance(10_000);
      assert(chunks.get("video")!.length > 5);
      if (how === "player") player.stop();
      else for (const track of player.stream.getTracks()) track.stop();
      await player.ended;
      await clock.advance(1000);
      assert(isCancelled, how);
      clock.assertIdle();
    }
  });
}

Deno.test("a file is a Blob, a buffer or a stream; a stream can't be played in a loop", async () => {
  for (const format of ["webm", "ivf"]) {
    const bytes = await encode(FILES[format]!.args);
    const stream = () => new Blob([bytes]).stream();
    for (const file of [new Blob([bytes]), bytes.buffer, stream()]) {
      const { clock, chunks, isOver } = await play(file);
      await clock.until(isOver);
      assertEquals(chunks.get("video")!.length, 50);
    }
    await assertRejects(() => MediaPlayer.open(stream(), { loop: true }), TypeError);
  }
});

Deno.test("what is no media file, or holds nothing that can be sent, is a NotSupportedError", async () => {
  const silent = await encode([...testInput(1, "a"), "-c:a", "libmp3lame", "-f", "matroska"]);
  const [noise, empty] = [crypto.getRandomValues(new Uint8Array(5000)), new Uint8Array(0)];
  for (const file of [noise, empty, silent]) {
    const error = await assertRejects(() => MediaPlayer.open(file), DOMException);
    assertEquals(error.name, "NotSupportedError");
  }
  await assertRejects(() => MediaPlayer.open("file.webm" as never), TypeError);
});

Deno.test("what can't be sent is told by its name", async () => {
  const silent = await encode([...testInput(1, "a"), "-ac", "2", "-c:a", "aac", "-f", "mp4"]);
  const error = await assertRejects(() => MediaPlayer.open(silent), DOMException, "aac");
  assertEquals(error.name, "NotSupportedError");
});

Deno.test("G.711 of another rate, or of two channels, can't be sent; the rest of such a file is", async () => {
  for (const wrong of [["-ar", "48000"], ["-ar", "8000", "-ac", "2"]]) {
    const audio = [...wrong, "-c:a", "pcm_mulaw"];
    const file = await encode([...testInput(1), ...H264, ...audio, "-f", "mov"]);
    const { player } = await play(file);
    assertEquals(player.stream.getTracks().map(({ kind }) => kind), ["video"]);
    player.stop();
    await player.ended;
    const wave = await encode([...testInput(1, "a"), ...audio, "-f", "wav"]);
    const error = await assertRejects(() => MediaPlayer.open(wave), DOMException, "8000 Hz");
    assertEquals(error.name, "NotSupportedError");
  }
});

Deno.test("G.711 is given in pieces of 20 ms (RFC 3551 section 4.2)", async () => {
  const args = [...testInput(1, "a"), "-ar", "8000", "-c:a", "pcm_alaw", "-f", "wav"];
  const { clock, chunks, isOver } = await play(await encode(args));
  await clock.until(isOver);
  const audio = chunks.get("audio")!;
  assertEquals(audio.length, 50);
  assert(audio.every(({ data }) => data.length === 160));
  const steps = audio.slice(1).map(({ timestamp }, i) => timestamp - audio[i]!.timestamp);
  assert(steps.every((step) => Math.abs(step - 20_000) <= 1), `${steps}`);
});

Deno.test("MP4 whose index was cut off is an EncodingError", async () => {
  const bytes = await encode(FILES.mp4!.args);
  const cut = bytes.slice(0, bytes.length / 2);
  const error = await assertRejects(() => MediaPlayer.open(cut), DOMException, "cut off");
  assertEquals(error.name, "EncodingError");
});

Deno.test("a file that is cut off is played as far as it goes", async () => {
  const bytes = await encode([...FILES.webm!.args, "-cluster_time_limit", "300"]);
  const { clock, chunks, isOver } = await play(bytes.slice(0, bytes.length * 2 / 3));
  await clock.until(isOver);
  const { length } = chunks.get("video")!;
  assert(length > 5 && length < 50, `${length} frames`);
});

/** A WebM file, and where its index begins. */
async function withCues(): Promise<{ bytes: Uint8Array<ArrayBuffer>; cues: number }> {
  const bytes = await encode(FILES.webm!.args);
  const cues = new TextDecoder("latin1").decode(bytes).lastIndexOf("\x1c\x53\xbb\x6b");
  return { bytes, cues };
}

Deno.test("noise at the end of a WebM file stops nothing but the file", async () => {
  const { bytes, cues } = await withCues();
  bytes.fill(0x55, cues);
  const { clock, chunks, isOver } = await play(bytes);
  await clock.until(isOver);
  assertEquals(chunks.get("video")!.length, 50);
});

Deno.test("an element of a WebM file that has no length stops nothing but the file", async () => {
  const { bytes, cues } = await withCues();
  bytes[cues + 4] = 0;
  const { clock, chunks, isOver } = await play(bytes);
  await clock.until(isOver);
  assertEquals(chunks.get("video")!.length, 50);
});
