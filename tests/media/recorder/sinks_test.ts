import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MediaSource } from "../../../media/media_source.ts";
import { MediaStreamTrackGenerator, recordTracks } from "../../../media/mod.ts";
import { createTrack } from "../../../media/media_stream_track.ts";
import { opus, vp8 } from "../../peer/call.ts";
import { settle, VirtualClock } from "../../support/virtual_clock.ts";

const MEGABYTE = 1024 * 1024;

Deno.test("a stream that is locked is a TypeError at once, and takes no process along", async () => {
  const track = new MediaStreamTrackGenerator({ kind: "video", codec: "vp8" });
  const { writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  for (const format of ["webm", "ivf"] as const) {
    assertThrows(() => recordTracks([track], { format, writable }), TypeError, "locked");
  }
  await settle();
  track.stop();
  await writer.abort();
});

for (const format of ["webm", "mp4"] as const) {
  Deno.test(`a recording as ${format} that fails lets go of its stream, and says why`, async () => {
    let reason: unknown;
    const writable = new WritableStream<Uint8Array>({ abort: (given) => void (reason = given) });
    const track = new MediaStreamTrackGenerator({ kind: "video", codec: "vp8" });
    const { finished } = recordTracks([track], { format, writable });
    const writer = track.writable.getWriter();
    const turned = { metadata: { rotation: 45 as 90 } }; // what no format has
    await writer.write({ ...vp8(0, true), ...turned });
    const error = await assertRejects(() => finished);
    await settle();
    assertEquals(reason, error);
    await writer.write(vp8(0, true)); // the track is not hurt
    await writer.close();
  });
}

/** A video track that is written to, and a silent one of audio. */
function oneSilent() {
  const clock = new VirtualClock();
  const video = new MediaStreamTrackGenerator({ kind: "video", codec: "vp8" });
  const audio = new MediaStreamTrackGenerator({ kind: "audio", codec: "opus" });
  const recording = recordTracks([video, audio], { format: "webm", clock });
  return { clock, video, audio, recording };
}

Deno.test("while a recording waits for a silent track, who writes faster than in real time waits too", async () => {
  const { clock, video, audio, recording } = oneSilent();
  const writer = video.writable.getWriter();
  let written = 0;
  const all = (async () => {
    for (; written < 50; written++) await writer.write(vp8(written, written === 0, MEGABYTE / 10));
  })();
  for (let i = 0; i < 20; i++) await settle();
  assert(written >= 10 && written <= 11, `${written} of 100 KB`);
  await clock.advance(3000); // now it begins without the other
  await all;
  video.stop();
  audio.stop();
  assertEquals((await recording.finished).chunks, 50);
});

Deno.test("a recording waits for a silent track no longer than it has room", async () => {
  const clock = new VirtualClock();
  const sources = (["video", "audio"] as const).map((kind) => new MediaSource({ kind }));
  const [video, audio] = sources as [MediaSource, MediaSource];
  const recording = recordTracks(sources.map((source) => createTrack(source)), {
    ...{ format: "webm", clock },
  });
  const mimeType = "video/VP8";
  for (let i = 0; i < 200; i++) {
    video.emit({ ...vp8(i, i === 0, MEGABYTE / 10), metadata: { mimeType } });
    if (i % 20 === 0) await settle();
  }
  // It has begun: what is written no longer waits, and what comes late is left out.
  audio.emit({ ...opus(0), metadata: { mimeType: "audio/opus" } });
  const { chunks, discarded } = await recording.stop();
  assertEquals([chunks, discarded], [200, 1]);
  clock.assertIdle();
});

Deno.test("a recording that was stopped holds up no source, whatever its stream does", async () => {
  const stuck = Promise.withResolvers<void>();
  const writable = new WritableStream<Uint8Array>({ write: () => stuck.promise });
  const track = new MediaStreamTrackGenerator({ kind: "video", codec: "vp8" });
  const recording = recordTracks([track], { format: "ivf", writable });
  const writer = track.writable.getWriter();
  let written = 0;
  const all = (async () => {
    for (; written < 20; written++) await writer.write(vp8(written, written === 0, MEGABYTE / 4));
  })();
  await settle();
  assert(written < 6, `${written}`);
  const finished = recording.stop();
  await all;
  stuck.resolve();
  assert((await finished).chunks < 7);
  await writer.close();
});
